import type { ConnectionSession } from '#lib/domain/account/session.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { type ConnectionRow, findConnection, signInOf } from '#lib/store/connection/connections.ts';
import { createTokenCacheStore } from '#lib/store/connection/token-cache.ts';
import type { Context } from '../context.ts';
import { openCredential } from './credential.ts';

/** @throws NotFoundError */
export async function requireConnection(ctx: { readonly db: Db | Tx }, id: string): Promise<ConnectionRow> {
  const row = await findConnection(ctx.db, id);
  if (row === null) throw new NotFoundError('connection');
  return row;
}

/** A connection as the executor needs it: with its credential in clear, and its token cache behind the optimistic lock. */
export async function connectionSession(ctx: Pick<Context, 'db' | 'ring'>, row: ConnectionRow): Promise<ConnectionSession> {
  return {
    settings: {
      clientId: row.clientId,
      credential: await openCredential(ctx, row),
      signIn: signInOf(row),
      graphBaseUrl: row.graphBaseUrl,
      tenant: row.tenant,
    },
    tokens: createTokenCacheStore(ctx, row.tokenCacheId, row.id),
  };
}
