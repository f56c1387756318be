import 'server-only';
import { idSchema } from '#lib/domain/id.ts';
import { describeOperation } from '../operation.ts';
import { PageQuery, pageSchema } from '../page.ts';
import { ConnectionSummarySchema } from '../schemas.ts';

export const listConnectionsOperation = describeOperation({
  id: 'listConnections',
  method: 'GET',
  path: '/api/v1/connections',
  tag: 'Connections',
  summary: 'List the connections',
  role: 'viewer',
  query: PageQuery.extend({ connectionId: idSchema('conn').exactOptional() }),
  response: {
    status: 200,
    description: 'The connections.',
    schema: pageSchema(ConnectionSummarySchema),
  },
});
