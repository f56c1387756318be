import { z } from 'zod';
import { type ConnectionDto, ConnectionName, SecretExpiresOn } from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { newId } from '#lib/platform/id.ts';
import { queueProbe } from '#lib/services/metadata-job/queue-probe.ts';
import { moveSignIn } from '#lib/services/verification/move-sign-in.ts';
import { requireOwnVerification } from '#lib/services/verification/require-own-verification.ts';
import { notVerified, verificationConsumed } from '#lib/services/verification/verification-problems.ts';
import { insertConnection } from '#lib/store/connection/connections.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import type { Call } from '../context.ts';
import { refreshMetadata } from '../dataset/refresh-metadata.ts';
import { requirePerson } from '../require-role.ts';
import { write } from '../write.ts';
import { getConnection } from './get-connection.ts';
import { nameTaken } from './name-taken.ts';

export const CreateConnectionInput = z.object({
  verificationId: idSchema('ver'),
  name: ConnectionName,
  secretExpiresOn: SecretExpiresOn,
});
export type CreateConnectionInput = z.input<typeof CreateConnectionInput>;

/**
 * Creates a connection from the caller's own verified sign-in, then generates its metadata. If generating fails the connection
 * stays, without datasets; *Generate metadata* retries it.
 * @throws ConflictError `name-taken`, `not-verified`, `verification-consumed`.
 */
export async function createConnection({ ctx, input }: Call<CreateConnectionInput>): Promise<ConnectionDto> {
  const actor = requirePerson(ctx, 'editor');
  const { verificationId, name, secretExpiresOn } = CreateConnectionInput.parse(input);
  const verification = await requireOwnVerification(ctx, verificationId);
  if (verification.status === 'consumed') throw verificationConsumed();
  if (verification.status !== 'verified') throw notVerified();
  const connectionId = newId('conn');
  try {
    await write(ctx, async (tx, audit) => {
      const signIn = await moveSignIn(ctx, tx, verification, { connectionId, secretExpiresOn });
      await insertConnection(tx, { id: connectionId, name, ownerId: actor.userId, ...signIn });
      await audit({ action: 'connection.create', subjectId: connectionId, detail: { name } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('connection', error);
    throw error;
  }
  try {
    await refreshMetadata(ctx, connectionId);
    await queueProbe(ctx, connectionId);
  } catch (error) {
    ctx.log.warn({ err: error, connectionId }, 'metadata of a new connection could not be generated');
  }
  return getConnection({ ctx, input: { connectionId } });
}
