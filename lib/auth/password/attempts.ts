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

/** One sign-in attempt. */
export interface Attempt {
  readonly email: string;
  readonly ip: string;
  /** Id of a browser that has signed in to this account before (device-cookie.ts); null for any other. */
  readonly device: string | null;
}

/** Limits the rate of sign-in attempts across all web processes. Runs before the password is checked. */
export interface SignInAttempts {
  /** @throws ConflictError `too-many-sign-ins` with the time of the next attempt; a refused attempt does not count. */
  spend(attempt: Attempt): Promise<void>;
  /** Call after a correct password: deletes the failures of the account or of its browser, and reverts only this attempt in the count of the address. */
  forgive(attempt: Attempt): Promise<void>;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Increasing delays without a lock-out: with a lock-out, anyone who knows an address could exclude its owner (OWASP "Blocking Brute Force Attacks").
 * At most one guess a minute per account and address, and one in half a minute per account from all addresses.
 */
export const SIGN_IN_DELAYS = {
  /** An account from one address. */
  pair: { free: 5, firstMs: SECOND_MS, maxMs: MINUTE_MS, forgetMs: HOUR_MS },
  /** An account from all addresses. */
  account: { free: 20, firstMs: SECOND_MS, maxMs: 30 * SECOND_MS, forgetMs: HOUR_MS },
  /** All accounts from one address. */
  address: { free: 50, firstMs: SECOND_MS, maxMs: MINUTE_MS, forgetMs: HOUR_MS },
  /** An account from a browser that has signed in to it before: failures of others do not delay it (OWASP "Device Cookies"). */
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
        // A success removes only its own attempt from the count of the address; failures of others behind that address stay.
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

/** Addresses and e-mail addresses are stored as digests, so that the table contains no personal data. */
function keyOf(rule: keyof typeof SIGN_IN_DELAYS, text: string): AttemptKey {
  return { key: `${rule}:${createHash('sha256').update(text).digest('base64url')}`, rule: SIGN_IN_DELAYS[rule] };
}
