import { createHash, randomUUID } from 'node:crypto';
import { decodeProtectedHeader, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { SigningKey } from './protocol.ts';
import { PROTOCOL_VERSION } from './version.ts';

/*
 * The proof of a request: a JWT in the form of a DPoP proof (RFC 9449, section 4.2), signed with the gateway's key, in `Authorization: Gateway
 * <jwt>`.
 * In addition to DPoP's claims it has a digest of the body and the version of the protocol. `kid` is the gateway's id; a registration, which has
 * no id yet, contains the key as `jwk`.
 */

export const PROOF_SCHEME = 'Gateway';
const TYPE = 'gateway-proof+jwt';
const ALGORITHM = 'EdDSA';

const Claims = z.object({
  /** RFC 9449: method, and the URL without query and fragment, with the server's public address (ENTRADA_URL). */
  htm: z.string(),
  htu: z.string(),
  /** Query of the URL including `?`; empty when absent. */
  htq: z.string(),
  iat: z.number(),
  jti: z.string().min(16).max(128),
  /** SHA-256 of the body, base64url; of zero bytes when there is no body. */
  bdh: z.string(),
  /** Version of the protocol, `major.minor`. */
  protocol: z.string(),
});
export type ProofClaims = z.infer<typeof Claims>;

export interface ProvenRequest {
  readonly method: string;
  /** Absolute, with its query. */
  readonly url: string;
  readonly body: string;
}

/** The value of the `Authorization` header. Every attempt of a request needs a new one. */
export async function signProof(
  request: ProvenRequest,
  by: { readonly privateKey: JWK; readonly now: Date } & ({ readonly gatewayId: string } | { readonly signingKey: SigningKey }),
): Promise<string> {
  const who = 'gatewayId' in by ? { kid: by.gatewayId } : { jwk: by.signingKey };
  const jwt = await new SignJWT({
    ...addressOf(request.url),
    htm: request.method,
    bdh: bodyDigest(request.body),
    protocol: PROTOCOL_VERSION,
  })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, ...who })
    .setIssuedAt(by.now)
    .setJti(randomUUID())
    .sign(await importJWK(by.privateKey, ALGORITHM));
  return `${PROOF_SCHEME} ${jwt}`;
}

/** The sender according to a proof, before verification. */
export type ProofHeader = { readonly gatewayId: string } | { readonly signingKey: SigningKey };

/** Parses the header of a proof; null when invalid. */
export function readProofHeader(authorization: string | null): { readonly jwt: string; readonly of: ProofHeader } | null {
  const [scheme, jwt, ...rest] = (authorization ?? '').split(' ');
  if (scheme !== PROOF_SCHEME || jwt === undefined || rest.length > 0) return null;
  try {
    const { typ, kid, jwk } = decodeProtectedHeader(jwt);
    if (typ !== TYPE) return null;
    if (typeof kid === 'string') return { jwt, of: { gatewayId: kid } };
    const key = SigningKey.safeParse(jwk);
    return key.success ? { jwt, of: { signingKey: key.data } } : null;
  } catch {
    return null;
  }
}

/** The claims of a proof with a valid signature of `key`; null when the signature or the claims are invalid. Does not check their values. */
export async function verifySignature(jwt: string, key: SigningKey): Promise<ProofClaims | null> {
  try {
    // The caller compares the times and reports both clocks.
    const { payload } = await jwtVerify(jwt, await importJWK(key as JWK, ALGORITHM), { algorithms: [ALGORITHM], typ: TYPE });
    return Claims.parse(payload);
  } catch {
    return null;
  }
}

/** Whether the claims belong to this request. */
export function isProofOf(claims: ProofClaims, request: ProvenRequest): boolean {
  const { htu, htq } = addressOf(request.url);
  return claims.htm === request.method && claims.htu === htu && claims.htq === htq && claims.bdh === bodyDigest(request.body);
}

function addressOf(url: string): { readonly htu: string; readonly htq: string } {
  const { origin, pathname, search } = new URL(url);
  return { htu: `${origin}${pathname}`, htq: search };
}

function bodyDigest(body: string): string {
  return createHash('sha256').update(body, 'utf8').digest('base64url');
}
