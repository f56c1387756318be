import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { ConnectionSettingsInput, type VerificationDto } from '#lib/domain/connection/connection.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import type { Call } from '#lib/services/context.ts';
import { chooseCredential, storeCredential } from '#lib/services/credential/credential.ts';
import { requireGatewayChoice } from '#lib/services/gateway/require-gateway.ts';
import { requirePerson } from '#lib/services/require-role.ts';
import { write } from '#lib/services/write.ts';
import { toStoredSignIn } from '#lib/store/connection/connections.ts';
import { insertSecret } from '#lib/store/connection/secrets.ts';
import { deleteOldVerifications, insertVerification } from '#lib/store/connection/verifications.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import { redirectUriOf } from './redirect-uri.ts';
import { digest, signInScopes, VERIFICATION_MS, verificationDto } from './verification-session.ts';

export const StartVerificationInput = ConnectionSettingsInput;
export type StartVerificationInput = z.input<typeof StartVerificationInput>;

const STATE_BYTES = 32;
/** How long ended verifications are kept, milliseconds, so that a late code gets a specific message. */
const KEEP_MS = 24 * 3600_000;

/**
 * Starts an authentication: stores the input, encrypted, and returns the URL of the sign-in window. Only that URL contains the OAuth state;
 * the database stores its digest. With `connectionId` the result is for that connection, whose credential is used when none is
 * given.
 * @throws InvalidInputError for app-only sign-in, which needs no window: use verifyApplication.
 */
export async function startVerification({ ctx, input }: Call<StartVerificationInput>): Promise<VerificationDto> {
  const actor = requirePerson(ctx, 'editor');
  const settings = StartVerificationInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId: settings.connectionId });
  const { clientId, tenant, graphBaseUrl, gatewayId, gatewayGroupId, connectionId } = settings;
  if (settings.signIn === 'app-only') throw noWindow();
  await requireGatewayChoice(ctx, settings);
  const credential = await chooseCredential(ctx, settings);
  const state = randomBytes(STATE_BYTES).toString('base64url');
  const redirectUri = redirectUriOf(ctx.config);
  const { authorizeUrl, codeVerifier } = await ctx.executor(settings).startSignIn({
    settings: { clientId, tenant, graphBaseUrl, signIn: 'delegated', credential: credential.clear },
    redirectUri,
    state,
    scopes: signInScopes(graphBaseUrl),
  });
  const now = ctx.clock.now();
  await deleteOldVerifications(ctx.db, new Date(now.getTime() - KEEP_MS));
  const id = newId('ver');
  const row = await write(ctx, async (tx, audit) => {
    await audit({ action: 'verification.start', subjectId: id, detail: { clientId, tenant } });
    return insertVerification(tx, {
      id,
      userId: actor.userId,
      stateHash: digest(state),
      gatewayId,
      gatewayGroupId,
      clientId,
      signIn: toStoredSignIn(settings.signIn),
      ...(await storeCredential(ctx, tx, id, credential)),
      credentialExpiresAt: credential.expiry?.at ?? null,
      expirySource: credential.expiry?.source ?? null,
      codeVerifierId: await insertSecret(tx, ctx.ring, { kind: 'pkce', ownerId: id }, codeVerifier),
      status: 'waiting_for_code',
      graphBaseUrl,
      tenant,
      redirectUri,
      authorizeUrl: withoutState(authorizeUrl),
      connectionId,
      createdAt: now,
      expiresAt: new Date(now.getTime() + VERIFICATION_MS),
    });
  });
  return { ...(await verificationDto(ctx, row)), authorizeUrl };
}

/** The stored URL cannot be used to answer in another person's place. */
function withoutState(authorizeUrl: string): string {
  const url = new URL(authorizeUrl);
  url.searchParams.delete('state');
  return url.toString();
}

function noWindow(): InvalidInputError {
  return new InvalidInputError({
    code: 'signs-in-as-application',
    title: 'A connection that signs in as an application needs no sign-in window.',
    remedy: 'Choose Verify.',
    fixer: 'you',
    field: 'signIn',
  });
}
