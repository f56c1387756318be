import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { ConnectionSettingsInput, type VerificationDto } from '#lib/domain/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import { findConnection } from '#lib/store/connections.ts';
import { gatewayExists } from '#lib/store/gateways.ts';
import { insertSecret } from '#lib/store/secrets.ts';
import { deleteOldVerifications, insertVerification } from '#lib/store/verifications.ts';
import type { Call } from '../context.ts';
import { requireUser } from '../require-role.ts';
import { write } from '../write.ts';
import { digest, signInScopes, VERIFICATION_MS, verificationDto } from './verification-session.ts';

export const StartVerificationInput = ConnectionSettingsInput.extend({ connectionId: idSchema('conn').optional() });
export type StartVerificationInput = z.input<typeof StartVerificationInput>;

const STATE_BYTES = 32;
/** Ended verifications are kept this long, so that a late code is still told where it belongs. */
const KEEP_MS = 24 * 3600_000;

/**
 * Authenticate: keeps what was typed, encrypted, and answers where the sign-in window goes. The OAuth state is in that address only;
 * the database holds its digest. With `connectionId`, Verify renews that connection instead of waiting for Create.
 */
export async function startVerification({ ctx, input }: Call<StartVerificationInput>): Promise<VerificationDto> {
  const actor = requireUser(ctx, 'editor');
  const { clientSecret, gatewayId, connectionId, ...client } = StartVerificationInput.parse(input);
  if (gatewayId !== null && !(await gatewayExists(ctx.db, gatewayId))) throw new NotFoundError('data gateway');
  if (connectionId !== undefined && (await findConnection(ctx.db, connectionId)) === null) throw new NotFoundError('connection');
  const state = randomBytes(STATE_BYTES).toString('base64url');
  const redirectUri = `${ctx.config.baseUrl}/auth/oauth/code`;
  const { authorizeUrl, codeVerifier } = await ctx.executor.startSignIn({
    settings: { ...client, clientSecret },
    redirectUri,
    state,
    scopes: signInScopes(client.graphBaseUrl),
  });
  const now = ctx.clock.now();
  await deleteOldVerifications(ctx.db, new Date(now.getTime() - KEEP_MS));
  const id = newId('ver');
  const row = await write(ctx, async (tx, audit) => {
    await audit({ action: 'verification.start', subjectId: id, detail: { clientId: client.clientId, tenant: client.tenant } });
    return insertVerification(tx, {
      id,
      userId: actor.userId,
      stateHash: digest(state),
      gatewayId,
      clientId: client.clientId,
      clientSecretId: await insertSecret(tx, ctx.ring, { kind: 'client-secret', ownerId: id }, clientSecret),
      codeVerifierId: await insertSecret(tx, ctx.ring, { kind: 'pkce', ownerId: id }, codeVerifier),
      graphBaseUrl: client.graphBaseUrl,
      tenant: client.tenant,
      redirectUri,
      authorizeUrl: withoutState(authorizeUrl),
      connectionId: connectionId ?? null,
      createdAt: now,
      expiresAt: new Date(now.getTime() + VERIFICATION_MS),
    });
  });
  return { ...(await verificationDto(ctx, row)), authorizeUrl };
}

/** What is stored can't be used to answer in somebody's place. */
function withoutState(authorizeUrl: string): string {
  const url = new URL(authorizeUrl);
  url.searchParams.delete('state');
  return url.toString();
}
