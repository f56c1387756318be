import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#lib/platform/errors.ts';

/** How long a database that went away is waited for, milliseconds: a restart, or the move to a stand-by. */
const PATIENCE_MS = 120_000;
/** The same before anything was reached: an address that is wrong should not take minutes to say so. */
export const FIRST_PATIENCE_MS = 15_000;
const WAIT_FIRST_MS = 250;
const WAIT_MAX_MS = 5000;

/**
 * `work`, again and again while it fails for a landing database that can't be reached; its last error once `patienceMs` are over. For work
 * that may be done twice.
 */
export async function whileUnreachable<T>(work: () => Promise<T>, signal: AbortSignal, patienceMs = PATIENCE_MS): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  for (let waitMs = WAIT_FIRST_MS; ; waitMs = Math.min(waitMs * 2, WAIT_MAX_MS)) {
    try {
      return await work();
    } catch (error) {
      const away = error instanceof AppError && error.code === 'landing-unreachable';
      if (!away || signal.aborted || performance.now() + waitMs > giveUpAt) throw error;
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      signal.throwIfAborted();
    }
  }
}
