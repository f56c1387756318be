import { createHash, randomBytes } from 'node:crypto';
import type { RegistrationKeyDto } from '#lib/domain/gateway/gateway-dto.ts';
import type { RegistrationKeyRow } from '#lib/store/gateway/gateways.ts';

/** How long a registration key may be used, milliseconds. */
const KEY_MS = 24 * 3_600_000;
const KEY_BYTES = 32;
/** Names the kind of the text wherever it is found; secret scanners look for prefixes. */
const KEY_PREFIX = 'egk_';

/** What the database keeps of a key (256 random bits need no salt). */
export function registrationKeyHash(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

/** A new one-time key: what is answered once, and what is stored. */
export function newRegistrationKey(now: Date): { readonly shown: RegistrationKeyDto; readonly stored: RegistrationKeyRow } {
  const key = `${KEY_PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}`;
  const expiresAt = new Date(now.getTime() + KEY_MS);
  return {
    shown: { key, expiresAt: expiresAt.toISOString() },
    stored: { registrationKeyHash: registrationKeyHash(key), registrationKeyExpiresAt: expiresAt },
  };
}
