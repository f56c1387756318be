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

/** Maximum difference between the clocks, milliseconds. */
const CLOCK_MS = 5 * 60_000;
/** Minimum time between two writes of the last contact with a gateway, milliseconds. */
const SEEN_MS = 5000;

/** A received request; `path` includes its query. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly authorization: string | null;
}

/**
 * The gateway that sent a request, identified by its proof. Refuses another major version of the protocol, and stores that version.
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
  const now = ctx.clock.now();
  if (now.getTime() - (gateway.lastSeenAt?.getTime() ?? 0) > SEEN_MS) await setGatewaySeen(ctx.db, gateway.id, now);
  if (isSupportedProtocol(claims.protocol)) return gateway;
  await setProtocolVersion(ctx.db, gateway.id, claims.protocol);
  throw REFUSAL.version(claims.protocol, PROTOCOL_VERSION);
}

/** The key that signed a registration, which the proof contains. @throws GatewayRefusedError */
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

/** Checks that the proof is recent, belongs to this request, and was not used before. */
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
