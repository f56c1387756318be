import { createHash, randomBytes } from 'node:crypto';
import { ConflictError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import type { Context } from '#lib/services/context.ts';
import { replacePasswordLink } from '#lib/store/account/password-links.ts';

const TOKEN_BYTES = 32;
const HOUR_MS = 3_600_000;
/** How long a link is valid, milliseconds. */
const LINK_MS = { invitation: 72 * HOUR_MS, reset: 24 * HOUR_MS } as const;

/** A one-time link by which a person sets their password. */
export interface PasswordLink {
  /** The only copy of the token: give it to that person only. */
  readonly url: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

/** Creates a link for a person within a write; the database stores its digest, and earlier links become invalid. */
export async function makePasswordLink(
  { clock, config }: Pick<Context, 'clock' | 'config'>,
  tx: Tx,
  { userId, purpose }: { readonly userId: string; readonly purpose: keyof typeof LINK_MS },
): Promise<PasswordLink> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const expiresAt = new Date(clock.now().getTime() + LINK_MS[purpose]);
  await replacePasswordLink(tx, { tokenHash: linkTokenHash(token), userId, purpose, expiresAt });
  return { url: `${config.baseUrl}/set-password?token=${token}`, expiresAt: expiresAt.toISOString() };
}

/** The stored digest of a link's token, which has 256 random bits and needs no salt. */
export function linkTokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

export function passwordLinkRefused(): ConflictError {
  return new ConflictError({
    code: 'password-link-refused',
    title: 'This link is not valid.',
    remedy:
      'A link works only once and for a limited time, and a newer link replaces it. Ask an administrator of Entrada for a new link.',
    fixer: 'operator',
  });
}
