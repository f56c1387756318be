import type { Tx } from '#lib/platform/db.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { lockConnection, replaceConnectionSignIn } from '#lib/store/connections.ts';
import { deleteSecrets } from '#lib/store/secrets.ts';
import type { VerificationRow } from '#lib/store/verifications.ts';
import type { Context } from '../context.ts';
import type { AuditFact } from '../write.ts';
import { moveSignIn } from './move-sign-in.ts';

/** Authenticated again: the connection gets the new settings and tokens, the old ones are destroyed. */
export async function renewConnection(
  ctx: Context,
  tx: Tx,
  audit: (fact: AuditFact) => Promise<void>,
  row: VerificationRow,
  connectionId: string,
): Promise<void> {
  if (!(await lockConnection(tx, connectionId))) throw new NotFoundError('connection');
  const replaced = await replaceConnectionSignIn(tx, connectionId, await moveSignIn(ctx, tx, row, connectionId));
  await deleteSecrets(tx, replaced);
  await audit({ action: 'connection.authenticate-again', subjectId: connectionId });
}
