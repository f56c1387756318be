import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { findByRegistrationKey, registerGateway } from '#lib/store/gateway/gateway-identity.ts';
import { type RegisterAnswer, RegisterRequest } from '../protocol.ts';
import { PROTOCOL_VERSION } from '../version.ts';
import { authenticateRegistration, type SignedRequest } from './authenticate.ts';
import { auditGateway, type HubRequestContext } from './hub-context.ts';
import { parseBody } from './parse-body.ts';
import { REFUSAL } from './refusals.ts';

/**
 * Stores the public keys of the gateway of a registration key. The same keys with the same registration key get the same answer again, since
 * the first answer may have been lost.
 * @throws GatewayRefusedError; ZodError
 */
export async function register(ctx: HubRequestContext, request: SignedRequest): Promise<RegisterAnswer> {
  const signedBy = await authenticateRegistration(ctx, request);
  const asked = parseBody(RegisterRequest, request.body);
  if (!isDeepStrictEqual({ ...signedBy }, { ...asked.signingKey })) throw REFUSAL.forged();
  const now = ctx.clock.now();
  return ctx.db.$transaction(async (tx) => {
    const gateway = await findByRegistrationKey(tx, createHash('sha256').update(asked.registrationKey).digest('base64url'));
    if (gateway === null) throw REFUSAL.keyUnknown();
    const { id, name, registrationKeyExpiresAt: expiresAt, registrationKeyUsedAt: usedAt } = gateway;
    const again = isDeepStrictEqual(
      [gateway.signingKey, gateway.encryptionKey],
      [{ ...asked.signingKey }, { ...asked.encryptionKey }],
    );
    if (expiresAt === null || expiresAt <= now) throw REFUSAL.keyExpired(expiresAt ?? now);
    if (gateway.deactivatedAt !== null) throw REFUSAL.deactivated(name);
    if (usedAt !== null && !again) throw REFUSAL.keyUsed(usedAt);
    if (usedAt === null) {
      if (!(await registerGateway(tx, id, { ...asked, at: now }))) throw REFUSAL.keyUsed(now);
      const detail = { hostName: asked.hostName, version: asked.version };
      await auditGateway({ db: tx, clock: ctx.clock }, { action: 'gateway.register', gateway: { id, name }, detail });
    }
    return { gatewayId: id, name, serverVersion: ctx.serverVersion, protocol: PROTOCOL_VERSION };
  });
}
