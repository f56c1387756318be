import { createHash } from 'node:crypto';
import type { Clock } from '#lib/platform/clock.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import {
  type AttemptKey,
  beginAttempt,
  type DelayRule,
  deleteFailures,
  revertFailure,
} from '#lib/store/account/sign-in-failures.ts';
import { tooManyAttempts } from '../sign-in-problem.ts';

/** One attempt to sign in. */
export interface Attempt {
  readonly email: string;
  readonly ip: string;
  /** Id of a browser that this very account has signed in with before (device-cookie.ts); null for any other. */
  readonly device: string | null;
}

/** Slows down who guesses passwords, over all web processes, before a password is looked at. */
export interface SignInAttempts {
  /** @throws ConflictError `too-many-sign-ins` that says when to try again; such an attempt does not count. */
  spend(attempt: Attempt): Promise<void>;
  /** After the right password: mistyping before it is forgiven, and the attempt itself does not count. */
  forgive(attempt: Attempt): Promise<void>;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Delays that grow, none that locks: whoever knows an address could shut its owner out otherwise (OWASP "Blocking Brute Force Attacks").
 * At most one guess a minute per account and address, and one in half a minute per account from everywhere.
 */
export const SIGN_IN_DELAYS = {
  /** One account from one address. */
  pair: { free: 5, firstMs: SECOND_MS, maxMs: MINUTE_MS, forgetMs: HOUR_MS },
  /** One account from everywhere. */
  account: { free: 20, firstMs: SECOND_MS, maxMs: 30 * SECOND_MS, forgetMs: HOUR_MS },
  /** All accounts from one address. */
  address: { free: 50, firstMs: SECOND_MS, maxMs: MINUTE_MS, forgetMs: HOUR_MS },
  /** One account with a browser that it has signed in with before: nobody else's guesses slow it down (OWASP "Device Cookies"). */
  device: { free: 5, firstMs: SECOND_MS, maxMs: MINUTE_MS, forgetMs: HOUR_MS },
} as const satisfies Record<string, DelayRule>;

export function createSignInAttempts({ db, clock }: { readonly db: Db; readonly clock: Clock }): SignInAttempts {
  return {
    async spend(attempt) {
      const now = clock.now();
      const notBefore = await beginAttempt(db, keysOf(attempt), now);
      if (notBefore !== null) throw tooManyAttempts(notBefore.getTime() - now.getTime());
    },
    async forgive(attempt) {
      for (const { key, rule } of keysOf(attempt)) {
        // A success removes its own attempt from the count of the address and keeps the failures of others behind that address.
        if (rule === SIGN_IN_DELAYS.address) await revertFailure(db, key);
        else await deleteFailures(db, key);
      }
    },
  };
}

function keysOf({ email, ip, device }: Attempt): readonly AttemptKey[] {
  if (device !== null) return [keyOf('device', `${email}|${device}`)];
  return [keyOf('pair', `${email}|${ip}`), keyOf('account', email), keyOf('address', ip)];
}

/** Addresses and e-mails are kept as digests: the table needs to know no people. */
function keyOf(rule: keyof typeof SIGN_IN_DELAYS, text: string): AttemptKey {
  return { key: `${rule}:${createHash('sha256').update(text).digest('base64url')}`, rule: SIGN_IN_DELAYS[rule] };
}
