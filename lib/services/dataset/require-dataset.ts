import type { Granted } from '#lib/domain/access.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { type ConnectionRow, identityOf, signInOf } from '#lib/store/connections.ts';
import { type DatasetRow, findDataset } from '#lib/store/datasets.ts';
import { requireConnection } from '../connection/require-connection.ts';
import type { Context } from '../context.ts';

/** A dataset with its connection. @throws NotFoundError */
export async function requireDataset(ctx: Context, id: string): Promise<{ dataset: DatasetRow; connection: ConnectionRow }> {
  const dataset = await findDataset(ctx.db, id);
  if (dataset === null) throw new NotFoundError('dataset');
  return { dataset, connection: await requireConnection(ctx, dataset.connectionId) };
}

/** Permissions that the connection's token had when it was last verified. */
export function grantedOf(connection: ConnectionRow): Granted {
  return { permissions: new Set(identityOf(connection).permissions), signIn: signInOf(connection) };
}
