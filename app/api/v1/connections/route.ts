import { listConnections } from '#lib/services/connection/list-connections.ts';
import { operate } from '#lib/web/api/operation.ts';
import { listConnectionsOperation } from '#lib/web/api/operations/connections.ts';

export const GET = operate(listConnectionsOperation, async (ctx) => ({ connections: await listConnections({ ctx, input: {} }) }));
