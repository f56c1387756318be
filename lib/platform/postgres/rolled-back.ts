import { setTimeout as sleep } from 'node:timers/promises';

/** SQLSTATE of a transaction that PostgreSQL rolled back so that another one can end: deadlock, serialization failure (PostgreSQL, appendix A). */
const ROLLED_BACK = new Set(['40P01', '40001']);
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

function isRolledBack(error: unknown): boolean {
  if (!(error instanceof Error) || !('meta' in error)) return false;
  const { driverAdapterError } = error.meta as {
    readonly driverAdapterError?: { readonly cause?: { readonly originalCode?: unknown } };
  };
  return ROLLED_BACK.has(String(driverAdapterError?.cause?.originalCode));
}
