import { createRemoteJWKSet, customFetch, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import type { IssuerFetch } from './issuer-fetch.ts';

/** Verifies an ID token of the issuer. @throws errors of `jose`, or of the request for the keys */
export type VerifyIdToken = (idToken: string) => Promise<JWTPayload>;

/** Algorithms with which Entra signs ID tokens (its metadata, `id_token_signing_alg_values_supported`). */
const ALGORITHMS = ['RS256'];
const CLOCK_TOLERANCE_SECONDS = 60;

const Metadata = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * Verifies signature, issuer, audience and times of ID tokens (OpenID Connect Core, section 3.1.3.7). The sign-in library omits the signature check,
 * which
 * that section allows over TLS; with this check a proxy that intercepts TLS cannot forge tokens. Keys are loaded on first use and again for an
 * unknown key id.
 */
export function createIdTokenVerifier(settings: {
  readonly issuer: string;
  readonly clientId: string;
  readonly fetch: IssuerFetch;
}): VerifyIdToken {
  let keys: JWTVerifyGetKey | undefined;
  return async (idToken) => {
    keys ??= await readKeys(settings.issuer, settings.fetch);
    const { payload } = await jwtVerify(idToken, keys, {
      issuer: settings.issuer,
      audience: settings.clientId,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['exp', 'iat', 'sub'],
    });
    return payload;
  };
}

async function readKeys(issuer: string, fetch: IssuerFetch): Promise<JWTVerifyGetKey> {
  const answer = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const metadata = Metadata.parse(await answer.json());
  if (metadata.issuer !== issuer) throw new Error(`the OpenID metadata at ${issuer} names another issuer: ${metadata.issuer}`);
  return createRemoteJWKSet(new URL(metadata.jwks_uri), { [customFetch]: (url, init) => fetch(url, init) });
}
