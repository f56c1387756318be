import { createHash } from 'node:crypto';
import { type RateLimiterAbstract, RateLimiterPrisma, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Db } from '#lib/platform/db.ts';
import { tooManyAttempts } from './sign-in-problem.ts';

/** Counts sign-in attempts in the database, so that several web processes count together. */
export interface SignInAttempts {
  /** @throws ConflictError `too-many-sign-ins` that says when to try again. */
  spend(attempt: { readonly email: string; readonly ip: string }): Promise<void>;
  /** After the right password: mistyping before it is forgiven, and the attempt itself does not count. */
  forgive(attempt: { readonly email: string; readonly ip: string }): Promise<void>;
}

const MINUTE_SECONDS = 60;

/** Attempts per window. The address may be forged where no proxy sets it: hence one limit that knows only the e-mail address. */
export const SIGN_IN_LIMITS = {
  person: { points: 5, duration: 15 * MINUTE_SECONDS },
  address: { points: 50, duration: 15 * MINUTE_SECONDS },
  email: { points: 100, duration: 60 * MINUTE_SECONDS },
} as const;

export function createSignInAttempts(db: Db): SignInAttempts {
  const limiter = (name: keyof typeof SIGN_IN_LIMITS) =>
    new RateLimiterPrisma({
      storeClient: db,
      tableName: 'rateLimiterFlexible',
      keyPrefix: `sign-in-${name}`,
      clearExpiredByTimeout: name === 'address',
      ...SIGN_IN_LIMITS[name],
    });
  const person = limiter('person');
  const address = limiter('address');
  const email = limiter('email');
  return {
    async spend(attempt) {
      await consume(address, digest(attempt.ip));
      await consume(email, digest(attempt.email));
      await consume(person, personKey(attempt));
    },
    async forgive(attempt) {
      await person.delete(personKey(attempt));
      // Each success gives back what it cost, no more: many people behind one address don't shut each other out, and failures stay counted.
      await address.reward(digest(attempt.ip));
      await email.reward(digest(attempt.email));
    },
  };
}

async function consume(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (isLimitReached(error)) throw tooManyAttempts(error.msBeforeNext);
    throw error;
  }
}

/** By its shape: in a bundle the package's class may exist twice, and `instanceof` then says no. */
function isLimitReached(error: unknown): error is RateLimiterRes {
  return typeof error === 'object' && error !== null && 'msBeforeNext' in error && typeof error.msBeforeNext === 'number';
}

function personKey(attempt: { readonly email: string; readonly ip: string }): string {
  return digest(`${attempt.email}|${attempt.ip}`);
}

/** Addresses and e-mails are kept as digests: the table needs to know no people. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
