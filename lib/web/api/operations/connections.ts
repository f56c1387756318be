import 'server-only';
import { z } from 'zod';
import { ConnectionAccessDto } from '#lib/domain/connection/connection-access.ts';
import { idSchema } from '#lib/domain/id.ts';
import { SetConnectionAccessInput } from '#lib/services/connection/connection-access.ts';
import { CreateConnectionInput } from '#lib/services/connection/create-connection.ts';
import { RenewConnectionInput } from '#lib/services/connection/renew-connection.ts';
import { UpdateConnectionInput } from '#lib/services/connection/update-connection.ts';
import { ConnectionSchema, ConnectionTestSchema } from '../connection-schemas.ts';
import { describeOperation } from '../operation.ts';
import { PageQuery, pageSchema } from '../page.ts';
import { ConnectionSummarySchema } from '../schemas.ts';

const OfConnection = z.object({ connectionId: idSchema('conn') });
const tag = 'Connections';

export const listConnectionsOperation = describeOperation({
  id: 'listConnections',
  method: 'GET',
  path: '/api/v1/connections',
  tag,
  summary: 'List the connections',
  role: 'viewer',
  query: PageQuery.extend({ connectionId: idSchema('conn').exactOptional() }),
  response: { status: 200, description: 'Connections by name.', schema: pageSchema(ConnectionSummarySchema) },
});

export const createConnectionOperation = describeOperation({
  id: 'createConnection',
  method: 'POST',
  path: '/api/v1/connections',
  tag,
  summary: 'Create a connection',
  description: 'Needs a verified verification (see Verifications). Generates the metadata of the connection at once.',
  role: 'editor',
  body: CreateConnectionInput,
  response: { status: 201, description: 'The connection.', schema: ConnectionSchema },
});

export const getConnectionOperation = describeOperation({
  id: 'getConnection',
  method: 'GET',
  path: '/api/v1/connections/{connectionId}',
  tag,
  summary: 'Get a connection',
  role: 'viewer',
  params: OfConnection,
  response: { status: 200, description: 'The connection; its ETag is for edits.', schema: ConnectionSchema },
});

export const updateConnectionOperation = describeOperation({
  id: 'updateConnection',
  method: 'PATCH',
  path: '/api/v1/connections/{connectionId}',
  tag,
  summary: 'Change a connection',
  description:
    'Name, gateway, and the secret or certificate with its expiry: changes that need no new sign-in. Entrada tests a new credential first. A gateway that does not reach the targets of the tasks of the connection needs `confirm`: without it the answer is 409 `tasks-not-reached`, which lists these tasks.',
  role: 'editor',
  ifMatch: true,
  params: OfConnection,
  body: UpdateConnectionInput.omit({ connectionId: true }),
  response: { status: 200, description: 'The connection.', schema: ConnectionSchema },
});

export const deleteConnectionOperation = describeOperation({
  id: 'deleteConnection',
  method: 'DELETE',
  path: '/api/v1/connections/{connectionId}',
  tag,
  summary: 'Delete a connection',
  description: 'Refused (`connection-has-tasks`) while tasks use it. Landed data is kept.',
  role: 'editor',
  params: OfConnection,
  response: { status: 200, description: 'It is deleted.', schema: z.object({ deleted: z.literal(true) }) },
});

export const duplicateConnectionOperation = describeOperation({
  id: 'duplicateConnection',
  method: 'POST',
  path: '/api/v1/connections/{connectionId}/duplicate',
  tag,
  summary: 'Duplicate a connection',
  description: 'The same sign-in and metadata, without tasks.',
  role: 'editor',
  params: OfConnection,
  response: { status: 201, description: 'The new connection.', schema: ConnectionSchema },
});

export const testConnectionOperation = describeOperation({
  id: 'testConnection',
  method: 'POST',
  path: '/api/v1/connections/{connectionId}/test',
  tag,
  summary: 'Test a connection',
  description: 'Renews the token and calls Graph.',
  role: 'editor',
  use: 'operates',
  params: OfConnection,
  response: { status: 200, description: 'What the token may do, and how long Graph took.', schema: ConnectionTestSchema },
});

export const renewConnectionOperation = describeOperation({
  id: 'renewConnection',
  method: 'POST',
  path: '/api/v1/connections/{connectionId}/renew',
  tag,
  summary: 'Authenticate a connection again',
  description: 'With a verification that was started for this connection (`connectionId` of its settings).',
  role: 'editor',
  params: OfConnection,
  body: RenewConnectionInput.omit({ connectionId: true }),
  response: { status: 200, description: 'The connection.', schema: ConnectionSchema },
});

export const getConnectionAccessOperation = describeOperation({
  id: 'getConnectionAccess',
  method: 'GET',
  path: '/api/v1/connections/{connectionId}/access',
  tag,
  summary: 'Get who may use a connection',
  role: 'viewer',
  params: OfConnection,
  response: { status: 200, description: 'The audience, and the listed people.', schema: ConnectionAccessDto },
});

export const setConnectionAccessOperation = describeOperation({
  id: 'setConnectionAccess',
  method: 'PATCH',
  path: '/api/v1/connections/{connectionId}/access',
  tag,
  summary: 'Set who may use a connection',
  description: 'Replaces the audience and the list. Needs the permission to edit the connection.',
  role: 'editor',
  params: OfConnection,
  body: SetConnectionAccessInput.omit({ connectionId: true }),
  response: { status: 200, description: 'The audience, and the listed people.', schema: ConnectionAccessDto },
});
