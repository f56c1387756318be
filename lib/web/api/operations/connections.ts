import 'server-only';
import { z } from 'zod';
import { describeOperation } from '../operation.ts';
import { ConnectionSummarySchema } from '../schemas.ts';

export const listConnectionsOperation = describeOperation({
  id: 'listConnections',
  method: 'GET',
  path: '/api/v1/connections',
  tag: 'Connections',
  summary: 'List the connections',
  role: 'viewer',
  response: {
    status: 200,
    description: 'The connections.',
    schema: z.object({ connections: z.array(ConnectionSummarySchema) }),
  },
});
