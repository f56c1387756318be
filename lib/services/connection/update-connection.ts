import { z } from 'zod';
import {
  type ConnectionDto,
  ConnectionName,
  ConnectionSettingsInput,
  CredentialKind,
  SecretExpiresOn,
} from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { deleteUnusedCertificates } from '#lib/store/connection/certificates.ts';
import {
  type ConnectionRow,
  type CredentialExpiry,
  lockConnection,
  updateConnectionSettings,
} from '#lib/store/connection/connections.ts';
import { deleteSecrets } from '#lib/store/connection/secrets.ts';
import { isUniqueViolation } from '#lib/store/unique-violation.ts';
import type { Call, Context } from '../context.ts';
import { type ChosenCredential, chooseCredential, enteredExpiry, storeCredential } from '../credential/credential.ts';
import { requireGatewayChoice } from '../gateway/require-gateway.ts';
import { requireRole } from '../require-role.ts';
import { requireTasksReached } from '../task/require-tasks-reached.ts';
import { write } from '../write.ts';
import { getConnection } from './get-connection.ts';
import { nameTaken } from './name-taken.ts';
import { requireConnection, sourceConnection } from './require-connection.ts';
import { requireConnectionAccess } from './require-connection-access.ts';

const { clientSecret, certificateId, gatewayId, gatewayGroupId } = ConnectionSettingsInput.shape;
export const UpdateConnectionInput = z.object({
  connectionId: idSchema('conn'),
  name: ConnectionName,
  gatewayId,
  gatewayGroupId,
  credential: CredentialKind,
  /** Empty: the stored secret stays. */
  clientSecret,
  certificateId,
  secretExpiresOn: SecretExpiresOn,
  /** True: another gateway may be chosen although it does not reach the targets of the connection's tasks. */
  confirm: z.boolean().default(false),
});
export type UpdateConnectionInput = z.input<typeof UpdateConnectionInput>;

/**
 * Changes what needs no new sign-in: name, gateway, expiry, and the secret or certificate of the same app registration. A new credential or
 * gateway is proven first by renewing the token with it; when that fails, nothing changes.
 * @throws the problem that Entra answered; ConflictError `name-taken`; `tasks-not-reached` with
 * the tasks that could not land from there, unless `confirm`.
 */
export async function updateConnection({ ctx, input }: Call<UpdateConnectionInput>): Promise<ConnectionDto> {
  requireRole(ctx, 'editor');
  const wanted = UpdateConnectionInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', wanted);
  const before = await requireConnection(ctx, wanted.connectionId);
  await requireGatewayChoice(ctx, wanted);
  const credential = await chooseCredential(ctx, {
    ...wanted,
    clientId: before.clientId,
    tenant: before.tenant,
    graphBaseUrl: before.graphBaseUrl,
  });
  const kept = wanted.clientSecret === '' && (wanted.certificateId === null || wanted.certificateId === before.certificateId);
  const { gatewayId, gatewayGroupId } = wanted;
  const moved = gatewayId !== before.gatewayId || gatewayGroupId !== before.gatewayGroupId;
  const proven = kept && !moved ? null : await prove(ctx, { ...before, gatewayId, gatewayGroupId }, credential);
  const expiry = proven ?? enteredExpiry(wanted.credential === 'secret' ? wanted.secretExpiresOn : null) ?? credential.expiry;
  try {
    await write(ctx, async (tx, audit) => {
      if (!(await lockConnection(tx, before.id))) throw new NotFoundError('connection');
      const { clientSecretId, certificateId: oldCertificate } = await requireConnection({ db: tx }, before.id);
      const stored = kept
        ? { clientSecretId, certificateId: oldCertificate }
        : await storeCredential(ctx, tx, before.id, credential);
      await updateConnectionSettings(tx, before.id, {
        name: wanted.name,
        gatewayId,
        gatewayGroupId,
        ...stored,
        credentialExpiresAt: expiry?.at ?? null,
        expirySource: expiry?.source ?? null,
        provenAt: kept && !moved ? null : ctx.clock.now(),
      });
      if (moved && !wanted.confirm) await requireTasksReached(tx, before.id);
      if (!kept) await deleteSecrets(tx, [clientSecretId]);
      if (!kept && oldCertificate !== null) await deleteUnusedCertificates(tx, { id: oldCertificate });
      await audit({
        action: 'connection.update',
        subjectId: before.id,
        detail: {
          name: wanted.name,
          ...(kept ? {} : { credential: wanted.credential }),
          ...(moved ? { gateway: gatewayId ?? gatewayGroupId } : {}),
        },
      });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken('connection', error);
    throw error;
  }
  return getConnection({ ctx, input: { connectionId: before.id } });
}

/** Renews the token with the credential, through the chosen gateway. A refusal rejects the edit and does not change the state of the connection. */
async function prove(ctx: Context, row: ConnectionRow, credential: ChosenCredential): Promise<CredentialExpiry | null> {
  const { settings, ...connection } = await sourceConnection(ctx, row);
  const { credentialExpiresAt } = await ctx.executor(row).testConnection({
    connection: { ...connection, settings: { ...settings, credential: credential.clear } },
  });
  return credentialExpiresAt === null ? null : { at: credentialExpiresAt, source: 'registration' };
}
