import { raceAbort } from './abortable.ts';

/** Mutual exclusion between asynchronous tasks of this process; waiters get the lock in the order in which they asked. */
export interface Mutex {
  /** Whether `acquire` would have to wait now. */
  readonly isLocked: boolean;
  /** Resolves with the function that releases the lock. Rejects with the signal's reason when that aborts before. */
  acquire(signal: AbortSignal): Promise<() => void>;
}

export function createMutex(): Mutex {
  let last: Promise<void> = Promise.resolve();
  let holdersAndWaiters = 0;
  return {
    get isLocked() {
      return holdersAndWaiters > 0;
    },
    async acquire(signal) {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = before.then(() => promise);
      holdersAndWaiters++;
      const release = (): void => {
        holdersAndWaiters--;
        resolve();
      };
      try {
        await raceAbort(before, signal);
      } catch (error) {
        release();
        throw error;
      }
      return release;
    },
  };
}
