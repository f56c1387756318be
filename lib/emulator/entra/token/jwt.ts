import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import type { AccessClaims, VerifyAccessToken } from '#lib/emulator/contract.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { Sealer } from './sealer.ts';

/** A public signing key in `/discovery/v2.0/keys`. */
export interface PublicJwk {
  readonly kty: string;
  readonly use: 'sig';
  readonly kid: string;
  readonly x5t: string;
  readonly n: string;
  readonly e: string;
}

/** The public signing key; its id is its RFC 7638 thumbprint. */
export function publicJwk(signing: KeyObject): PublicJwk {
  const { n = '', e = '' } = createPublicKey(signing).export({ format: 'jwk' }) as { n?: string; e?: string };
  const kid = createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
  return { kty: 'RSA', use: 'sig', kid, x5t: kid, n, e };
}

/** Signs `claims` with RS256. Without the header member `nonce` of Entra's access tokens for Graph, which is not needed here. */
export function signJwt(signing: KeyObject, kid: string, claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${part({ typ: 'JWT', alg: 'RS256', x5t: kid, kid })}.${part(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), signing).toString('base64url')}`;
}

const Claims = z.looseObject({
  aud: z.string(),
  iss: z.string(),
  nbf: z.number(),
  exp: z.number(),
  appid: z.string(),
  tid: z.string(),
  oid: z.string(),
  scp: z.string().optional(),
  roles: z.array(z.string()).optional(),
  upn: z.string().optional(),
  /** An opaque claim of Entra; here the granted permissions of a token that lists none. */
  rh: z.string().optional(),
});

const SealedPermissions = z.object({ scp: z.string().optional(), roles: z.array(z.string()).optional() });

/** Number of tokens with a verified signature that are cached: the Graph half checks the same token for every page. */
const REMEMBERED = 200;
/** Maximum lead of the issuer's clock, as in Microsoft's validators. */
const SKEW_SECONDS = 300;

export interface TokenVerifierOptions {
  readonly signing: KeyObject;
  readonly audience: () => string;
  readonly clock: Clock;
  /** Decrypts the granted permissions of tokens that list none. */
  readonly sealer: Sealer;
}

/** Verifies access tokens of this emulator for its Graph: signature, audience, times. */
export function createTokenVerifier({ signing, audience, clock, sealer }: TokenVerifierOptions): VerifyAccessToken {
  const key = createPublicKey(signing);
  const known = new Map<string, AccessClaims & { readonly nbf: number }>();
  return (token) => {
    const claims = known.get(token) ?? withGranted(readSigned(token, key), sealer);
    if (claims === null || claims.aud !== audience()) return { ok: false, reason: 'invalid' };
    if (!known.has(token)) {
      if (known.size >= REMEMBERED) known.clear();
      known.set(token, claims);
    }
    const now = clock.now().getTime() / 1000;
    if (now >= claims.exp) return { ok: false, reason: 'expired' };
    return now < claims.nbf - SKEW_SECONDS ? { ok: false, reason: 'invalid' } : { ok: true, claims };
  };
}

type SignedClaims = AccessClaims & { readonly nbf: number; readonly rh?: string };

function withGranted(claims: SignedClaims | null, sealer: Sealer): SignedClaims | null {
  if (claims?.rh === undefined) return claims;
  const opened = sealer.open('permissions', claims.rh);
  return opened.ok ? ({ ...claims, ...SealedPermissions.parse(opened.value) } as SignedClaims) : null;
}

function readSigned(token: string, key: KeyObject): SignedClaims | null {
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return null;
  // The algorithm is fixed; the token's claim about it is ignored.
  if (!verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))) return null;
  try {
    const parsed = Claims.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
    return parsed.success ? (parsed.data as SignedClaims) : null;
  } catch {
    return null;
  }
}
