import { untilAborted } from './abortable.ts';

/** Lets one at a time do something, in the order in which they ask. */
export interface Turn {
  /** Resolves when it is the caller's turn; what it answers ends the turn. Throws the signal's reason when that aborts before. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createTurn(): Turn {
  let last: Promise<void> = Promise.resolve();
  return {
    async take(signal) {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = before.then(() => promise);
      try {
        await untilAborted(before, signal);
      } catch (error) {
        resolve();
        throw error;
      }
      return resolve;
    },
  };
}
