import type { Granted } from '#lib/domain/access/access.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { type ConnectionRow, identityOf, signInOf } from '#lib/store/connection/connections.ts';
import { type DatasetRow, type DatasetView, findDataset } from '#lib/store/metadata/datasets.ts';
import { countPending } from '#lib/store/metadata/metadata-differences.ts';
import { requireConnection } from '../connection/require-connection.ts';
import type { Context } from '../context.ts';

/** A dataset with its connection. @throws NotFoundError */
export async function requireDataset(ctx: Context, id: string): Promise<{ dataset: DatasetRow; connection: ConnectionRow }> {
  const dataset = await findDataset(ctx.db, id);
  if (dataset === null || dataset.removed) throw new NotFoundError('dataset');
  return { dataset, connection: await requireConnection(ctx, dataset.connectionId) };
}

/** Permissions of the connection's token when it was last verified. */
export function grantedOf(connection: ConnectionRow): Granted {
  return { permissions: new Set(identityOf(connection).permissions), signIn: signInOf(connection) };
}

/** Additional facts for the DTOs of a connection's datasets. */
export async function viewOf(ctx: Pick<Context, 'db'>, connection: ConnectionRow): Promise<DatasetView> {
  return {
    granted: grantedOf(connection),
    cloud: connection.cloud,
    pending: await countPending(ctx.db, connection.id),
  };
}
