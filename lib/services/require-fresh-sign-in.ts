import { AppError } from '#lib/platform/errors.ts';
import type { Context } from './context.ts';
import { refuseMissingScope, refuseReadOnlyToken } from './require-role.ts';

/** How long after a sign-in a person may perform sensitive actions without another one, milliseconds. */
export const FRESH_SIGN_IN_MS = 10 * 60_000;

/**
 * Sensitive actions (links to set a password, own password, rules for roles, registration keys, the key ring) need a person with a recent sign-in: an
 * unlocked computer or a stolen cookie is not enough, and API tokens are refused (OWASP ASVS 3.7.1). The operator's shell and jobs pass.
 * @throws AppError `fresh-sign-in-needed`, `forbidden`
 */
export function requireFreshSignIn({ actor, clock }: Pick<Context, 'actor' | 'clock'>): void {
  if (actor.kind === 'cli' || actor.kind === 'job') return;
  if (actor.kind !== 'user') throw noTokenHere();
  if (clock.now().getTime() - actor.authTime.getTime() >= FRESH_SIGN_IN_MS) throw freshSignInNeeded();
}

/**
 * Like requireFreshSignIn, but accepts an API token with the scope `admin` and all connections, which a person with a recent sign-in created
 * (docs/decisions/019). For people, roles and tokens.
 * @throws AppError `fresh-sign-in-needed`, `read-only-token`, `scope-missing`, `forbidden`
 */
export function requireFreshSignInOrAdminToken(ctx: Pick<Context, 'actor' | 'clock'>): void {
  const { actor } = ctx;
  if (actor.kind !== 'apiToken') {
    requireFreshSignIn(ctx);
    return;
  }
  refuseReadOnlyToken(actor);
  refuseMissingScope(actor, 'admin');
  if (actor.connectionId !== null) throw noTokenHere();
}

function freshSignInNeeded(): AppError {
  return new AppError({
    code: 'fresh-sign-in-needed',
    title: 'This action needs a sign-in within the last ten minutes.',
    remedy: 'Sign in again and repeat the action.',
    fixer: 'you',
  });
}

function noTokenHere(): AppError {
  return new AppError({
    code: 'forbidden',
    title: 'API tokens may not do this.',
    remedy: 'Use the page of Entrada instead.',
    fixer: 'you',
  });
}
