import { setTimeout as sleep } from 'node:timers/promises';
import { isRolledBack } from './database-away.ts';

const TRIES_MAX = 5;
/** Milliseconds; each try waits up to this much longer than the one before, at random, so that the same transactions do not meet again. */
const WAIT_MS = 50;

/**
 * Runs a transaction again when PostgreSQL rolled it back because of other transactions, as its documentation asks applications to do
 * (PostgreSQL, "Serialization Failure Handling"). Nothing of the first try is stored, so `transaction` may have no effects elsewhere.
 */
export async function repeatRolledBack<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await transaction();
    } catch (error) {
      if (tries === TRIES_MAX || !isRolledBack(error)) throw error;
      await sleep(Math.random() * WAIT_MS * tries);
    }
  }
}
