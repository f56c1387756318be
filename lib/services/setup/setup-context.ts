import { createHash } from 'node:crypto';
import { ConflictError } from '#lib/platform/errors.ts';
import type { Context } from '#lib/services/context.ts';

/** The part of the context that the creation of the first account needs: it has no actor. */
export type SetupContext = Pick<Context, 'db' | 'clock'>;

/** The stored digest of a set-up token, which has 256 random bits and needs no salt. */
export function setupTokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

export function alreadySetUp(): ConflictError {
  return new ConflictError({
    code: 'set-up-already',
    title: 'Entrada already has its first account.',
    remedy: 'Sign in, or ask an administrator of Entrada for an account.',
    fixer: 'you',
  });
}

export function setupLinkRefused(): ConflictError {
  return new ConflictError({
    code: 'setup-link-refused',
    title: 'This set-up link is no longer valid.',
    remedy: 'Start Entrada again to get a new link, which works once within 24 hours.',
    fixer: 'operator',
  });
}
