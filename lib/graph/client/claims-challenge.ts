import type { HttpResponse } from '#lib/platform/http/http.ts';

/**
 * The claims that Graph requires of the next token, as JSON, or null: a token can be revoked before it expires, and the 401 then names
 * them (Microsoft identity platform, "Claims challenges"). One header may hold several challenges, and base64 or base64url.
 */
export function claimsChallenge({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>): string | null {
  if (status !== 401) return null;
  const value = headers['www-authenticate'] ?? '';
  if (!/\berror="?insufficient_claims"?/i.test(value)) return null;
  const encoded = /\bclaims="([^"]+)"/i.exec(value)?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  return text.startsWith('{') ? text : null;
}
