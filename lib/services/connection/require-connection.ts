import type { SourceConnection } from '#lib/domain/account/session.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { type ConnectionRow, findConnection, signInOf } from '#lib/store/connection/connections.ts';
import type { Context } from '../context.ts';
import { openCredential } from '../credential/credential.ts';

/** @throws NotFoundError */
export async function requireConnection(ctx: { readonly db: Db | Tx }, id: string): Promise<ConnectionRow> {
  const row = await findConnection(ctx.db, id);
  if (row === null) throw new NotFoundError('connection');
  return row;
}

/** A connection as input of operations at the source, with its credential in clear text. */
export async function sourceConnection(ctx: Pick<Context, 'db' | 'ring'>, row: ConnectionRow): Promise<SourceConnection> {
  return {
    id: row.id,
    tokenCacheId: row.tokenCacheId,
    settings: {
      clientId: row.clientId,
      credential: await openCredential(ctx, row),
      signIn: signInOf(row),
      graphBaseUrl: row.graphBaseUrl,
      tenant: row.tenant,
    },
  };
}
