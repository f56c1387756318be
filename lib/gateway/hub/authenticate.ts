import { calculateJwkThumbprint, type JWK } from 'jose';
import {
  findGatewayIdentity,
  type GatewayIdentity,
  setGatewaySeen,
  setProtocolVersion,
} from '#lib/store/gateway/gateway-identity.ts';
import { recordProof } from '#lib/store/gateway/proofs.ts';
import { isProofOf, type ProofClaims, readProofHeader, verifySignature } from '../proof.ts';
import { SigningKey } from '../protocol.ts';
import { isSupportedProtocol, PROTOCOL_VERSION } from '../version.ts';
import type { HubRequestContext } from './hub-context.ts';
import { REFUSAL } from './refusals.ts';

/** How much the clocks may differ, milliseconds. */
const CLOCK_MS = 5 * 60_000;
/** A request in between does not write again that the gateway was heard, milliseconds. */
const SEEN_MS = 5000;

/** A request as it came; `path` with its query. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly authorization: string | null;
}

/**
 * Which gateway sent a request, by its proof. Another major version is refused, and noted as the gateway's.
 * @throws GatewayRefusedError
 */
export async function authenticateGateway(ctx: HubRequestContext, request: SignedRequest): Promise<GatewayIdentity> {
  const read = readProofHeader(request.authorization);
  if (read === null || !('gatewayId' in read.of)) throw REFUSAL.proofMissing();
  const gateway = await findGatewayIdentity(ctx.db, read.of.gatewayId);
  const key = SigningKey.safeParse(gateway?.signingKey);
  if (gateway === null || !key.success) throw REFUSAL.unknown();
  const claims = await verifySignature(read.jwt, key.data);
  if (claims === null) throw REFUSAL.forged();
  await checkClaims(ctx, request, claims, gateway.id);
  if (gateway.deactivatedAt !== null) throw REFUSAL.deactivated(gateway.name);
  if (!isSupportedProtocol(claims.protocol)) {
    await setProtocolVersion(ctx.db, gateway.id, claims.protocol);
    throw REFUSAL.version(claims.protocol, PROTOCOL_VERSION);
  }
  const now = ctx.clock.now();
  if (now.getTime() - (gateway.lastSeenAt?.getTime() ?? 0) > SEEN_MS) await setGatewaySeen(ctx.db, gateway.id, now);
  return gateway;
}

/** The key that signed a registration, which carries it. @throws GatewayRefusedError */
export async function authenticateRegistration(ctx: HubRequestContext, request: SignedRequest): Promise<SigningKey> {
  const read = readProofHeader(request.authorization);
  if (read === null || !('signingKey' in read.of)) throw REFUSAL.proofMissing();
  const { signingKey } = read.of;
  const claims = await verifySignature(read.jwt, signingKey);
  if (claims === null) throw REFUSAL.forged();
  await checkClaims(ctx, request, claims, await calculateJwkThumbprint(signingKey as JWK));
  if (!isSupportedProtocol(claims.protocol)) throw REFUSAL.version(claims.protocol, PROTOCOL_VERSION);
  return signingKey;
}

/** That the proof is of now, of this request, and new. */
async function checkClaims(
  ctx: HubRequestContext,
  { method, path, body }: SignedRequest,
  claims: ProofClaims,
  signer: string,
): Promise<void> {
  const now = ctx.clock.now();
  const madeAt = new Date(claims.iat * 1000);
  if (Math.abs(now.getTime() - madeAt.getTime()) > CLOCK_MS) throw REFUSAL.clock(madeAt, now);
  const url = `${ctx.baseUrl}${path}`;
  if (!isProofOf(claims, { method, url, body })) throw REFUSAL.otherRequest(`${method} ${url}`);
  const expiresAt = new Date(madeAt.getTime() + 2 * CLOCK_MS);
  if (!(await recordProof(ctx.db, { signer, jti: claims.jti, expiresAt }))) throw REFUSAL.replayed();
}
