import { NotFoundError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import type { Context } from '#lib/services/context.ts';
import { enteredExpiry } from '#lib/services/credential/credential.ts';
import type { NewConnection } from '#lib/store/connection/connections.ts';
import { moveSecret } from '#lib/store/connection/secrets.ts';
import { consumeVerification, type VerificationRow } from '#lib/store/connection/verifications.ts';
import { notVerified, verificationConsumed } from './verification-problems.ts';

/**
 * Moves a verification's settings and secrets to a connection; the verification can be used only once.
 * @throws ConflictError when another call was faster.
 */
export async function moveSignIn(
  ctx: Context,
  tx: Tx,
  row: VerificationRow,
  to: { readonly connectionId: string; readonly secretExpiresOn: string | null },
): Promise<Omit<NewConnection, 'id' | 'name' | 'ownerId'>> {
  const { clientSecretId, certificateId, tokenCacheId, identity } = row;
  if ((clientSecretId === null && certificateId === null) || tokenCacheId === null || identity === null) throw notVerified();
  if (!(await consumeVerification(tx, row.id))) throw verificationConsumed();
  const cloud = ctx.config.clouds.find((known) => known.graphOrigin === new URL(row.graphBaseUrl).origin);
  if (cloud === undefined) throw new NotFoundError('cloud');
  for (const [kind, id] of [['client-secret', clientSecretId] as const, ['token-cache', tokenCacheId] as const]) {
    if (id !== null) await moveSecret(tx, ctx.ring, id, { kind, ownerId: row.id }, { kind, ownerId: to.connectionId });
  }
  // The date of the app registration has priority over the date that a person entered.
  const expiry = row.expirySource === 'registration' || certificateId !== null ? null : enteredExpiry(to.secretExpiresOn);
  return {
    gatewayId: row.gatewayId,
    gatewayGroupId: row.gatewayGroupId,
    clientId: row.clientId,
    signIn: row.signIn,
    clientSecretId,
    certificateId,
    credentialExpiresAt: expiry?.at ?? row.credentialExpiresAt,
    expirySource: expiry?.source ?? row.expirySource,
    tokenCacheId,
    graphBaseUrl: row.graphBaseUrl,
    tenant: row.tenant,
    cloud: cloud.name,
    identity,
    lastVerifiedAt: row.redeemedAt ?? ctx.clock.now(),
  };
}
