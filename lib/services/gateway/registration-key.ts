import { createHash, randomBytes } from 'node:crypto';
import type { RegistrationKeyDto } from '#lib/domain/gateway/gateway-dto.ts';
import type { RegistrationKeyRow } from '#lib/store/gateway/gateways.ts';

/** How long a registration key is valid, milliseconds. */
const KEY_MS = 24 * 3_600_000;
const KEY_BYTES = 32;
/** Prefix by which people and secret scanners recognise a key. */
const KEY_PREFIX = 'egk_';

/** The stored digest of a key (256 random bits need no salt). */
export function registrationKeyHash(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

/** Creates a registration key: the text that is shown once, and the row to store. */
export function newRegistrationKey(now: Date): { readonly shown: RegistrationKeyDto; readonly stored: RegistrationKeyRow } {
  const key = `${KEY_PREFIX}${randomBytes(KEY_BYTES).toString('base64url')}`;
  const expiresAt = new Date(now.getTime() + KEY_MS);
  return {
    shown: { key, expiresAt: expiresAt.toISOString() },
    stored: { registrationKeyHash: registrationKeyHash(key), registrationKeyExpiresAt: expiresAt },
  };
}
