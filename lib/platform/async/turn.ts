import { untilAborted } from './abortable.ts';

/** Lets one at a time do something, in the order in which they ask. */
export interface Turn {
  /** Whether who asks now has to wait. */
  readonly isTaken: boolean;
  /** Resolves when it is the caller's turn; what it answers ends the turn. Throws the signal's reason when that aborts before. */
  take(signal: AbortSignal): Promise<() => void>;
}

export function createTurn(): Turn {
  let last: Promise<void> = Promise.resolve();
  let asked = 0;
  return {
    get isTaken() {
      return asked > 0;
    },
    async take(signal) {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = before.then(() => promise);
      asked++;
      const end = (): void => {
        asked--;
        resolve();
      };
      try {
        await untilAborted(before, signal);
      } catch (error) {
        end();
        throw error;
      }
      return end;
    },
  };
}
