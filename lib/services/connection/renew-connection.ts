import { z } from 'zod';
import { type ConnectionDto, ConnectionName, SecretExpiresOn } from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { queueProbe } from '#lib/services/metadata-job/queue-probe.ts';
import { moveSignIn } from '#lib/services/verification/move-sign-in.ts';
import { requireOwnVerification } from '#lib/services/verification/require-own-verification.ts';
import { notVerified, verificationConsumed } from '#lib/services/verification/verification-problems.ts';
import { deleteUnusedCertificates } from '#lib/store/connection/certificates.ts';
import { lockConnection, replaceConnectionSignIn, setConnectionName } from '#lib/store/connection/connections.ts';
import { deleteSecrets } from '#lib/store/connection/secrets.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireTasksReached } from '../task/require-tasks-reached.ts';
import { write } from '../write.ts';
import { getConnection } from './get-connection.ts';
import { nameTaken } from './name-taken.ts';
import { requireConnection } from './require-connection.ts';
import { requireConnectionAccess } from './require-connection-access.ts';

export const RenewConnectionInput = z.object({
  /** When given, the verification must have been started for this connection. */
  connectionId: idSchema('conn').optional(),
  verificationId: idSchema('ver'),
  name: ConnectionName,
  secretExpiresOn: SecretExpiresOn,
  /** True: another gateway may have been chosen although it does not reach the targets of the connection's tasks. */
  confirm: z.boolean().default(false),
});
export type RenewConnectionInput = z.input<typeof RenewConnectionInput>;

/**
 * Saves another authentication: the connection of the verification gets the new settings and tokens, and the old ones
 * are deleted. Its metadata and tasks stay unchanged.
 * @throws ConflictError `not-verified`, `verification-consumed`, `name-taken`; `tasks-not-reached` as in
 * updateConnection, unless `confirm`.
 */
export async function renewConnection({ ctx, input }: Call<RenewConnectionInput>): Promise<ConnectionDto> {
  requireRole(ctx, 'editor');
  const { connectionId: wanted, verificationId, name, secretExpiresOn, confirm } = RenewConnectionInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId: wanted });
  const row = await requireOwnVerification(ctx, verificationId);
  await requireConnectionAccess(ctx, 'edit', { connectionId: row.connectionId });
  if (row.status === 'consumed') throw verificationConsumed();
  const { connectionId } = row;
  if (row.status !== 'verified' || connectionId === null) throw notVerified();
  if (wanted !== undefined && wanted !== connectionId) throw notVerified();
  try {
    await write(ctx, async (tx, audit) => {
      if (!(await lockConnection(tx, connectionId))) throw new NotFoundError('connection');
      const before = await requireConnection({ db: tx }, connectionId);
      await deleteSecrets(
        tx,
        await replaceConnectionSignIn(tx, connectionId, await moveSignIn(ctx, tx, row, { connectionId, secretExpiresOn })),
      );
      const now = await requireConnection({ db: tx }, connectionId);
      const moved = now.gatewayId !== before.gatewayId || now.gatewayGroupId !== before.gatewayGroupId;
      if (moved && !confirm) await requireTasksReached(tx, connectionId);
      if (before.certificateId !== null) await deleteUnusedCertificates(tx, { id: before.certificateId });
      if (name !== before.name) await setConnectionName(tx, connectionId, name);
      await audit({ action: 'connection.authenticate-again', subjectId: connectionId, detail: { name } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('connection', error);
    throw error;
  }
  await queueProbe(ctx, connectionId);
  return getConnection({ ctx, input: { connectionId } });
}
