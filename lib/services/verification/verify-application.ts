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
import { completeVerification, insertVerification } from '#lib/store/connection/verifications.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import { refuseOtherTenant } from './refuse-other-tenant.ts';
import { codeUsed } from './verification-problems.ts';
import { digest, VERIFICATION_MS, verificationDto } from './verification-session.ts';

export const VerifyApplicationInput = ConnectionSettingsInput;
export type VerifyApplicationInput = z.input<typeof VerifyApplicationInput>;

/**
 * Verifies app-only sign-in: a token by client credentials and one Graph request, in one step. Stores nothing when Entra refuses.
 * @throws the problem that Entra answered; ConflictError `other-tenant` for a connection of another tenant.
 */
export async function verifyApplication({ ctx, input }: Call<VerifyApplicationInput>): Promise<VerificationDto> {
  const actor = requirePerson(ctx, 'editor');
  const settings = VerifyApplicationInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', { connectionId: settings.connectionId });
  const { clientId, tenant, graphBaseUrl, gatewayId, gatewayGroupId, connectionId } = settings;
  if (settings.signIn !== 'app-only') throw new InvalidInputError(NEEDS_PERSON);
  await requireGatewayChoice(ctx, settings);
  const credential = await chooseCredential(ctx, settings);
  const client = { clientId, tenant, graphBaseUrl, signIn: 'app-only', credential: credential.clear } as const;
  const { identity, tokenCache, credentialExpiresAt } = await ctx.executor(settings).signInApplication({ settings: client });
  await refuseOtherTenant(ctx, connectionId, identity);
  const now = ctx.clock.now();
  const id = newId('ver');
  const row = await write(ctx, async (tx, audit) => {
    await insertVerification(tx, {
      id,
      userId: actor.userId,
      // A random digest that matches no answer: no window was opened.
      stateHash: digest(randomBytes(32).toString('base64url')),
      gatewayId,
      gatewayGroupId,
      clientId,
      signIn: toStoredSignIn('app-only'),
      ...(await storeCredential(ctx, tx, id, credential)),
      credentialExpiresAt: credential.expiry?.at ?? null,
      expirySource: credential.expiry?.source ?? null,
      codeVerifierId: null,
      status: 'verifying',
      graphBaseUrl,
      tenant,
      redirectUri: '',
      authorizeUrl: '',
      connectionId,
      createdAt: now,
      expiresAt: new Date(now.getTime() + VERIFICATION_MS),
    });
    await audit({ action: 'verification.verify', subjectId: id, detail: { account: identity.account.username, appOnly: true } });
    return completeVerification(tx, id, {
      tokenCacheId: await insertSecret(tx, ctx.ring, { kind: 'token-cache', ownerId: id }, tokenCache),
      identity,
      codeHash: null,
      redeemedAt: now,
      expiry: credentialExpiresAt === null ? null : { at: credentialExpiresAt, source: 'registration' },
    });
  });
  if (row === null) throw codeUsed();
  return verificationDto(ctx, row);
}

const NEEDS_PERSON = {
  code: 'signs-in-as-person',
  title: 'This connection needs the sign-in of a person.',
  remedy: 'Choose Authenticate.',
  fixer: 'you',
  field: 'signIn',
} as const;
