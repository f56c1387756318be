import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#lib/platform/errors.ts';

/** How long to wait for a database that became unreachable, milliseconds: enough for a restart or a failover. */
const RECONNECT_TIMEOUT_MS = 120_000;
/** The same before the first connection: a wrong address is reported after seconds, not minutes. */
export const FIRST_CONNECT_TIMEOUT_MS = 15_000;
const WAIT_FIRST_MS = 250;
const WAIT_MAX_MS = 5000;

/**
 * Runs `work` again while it fails because the landing database cannot be reached, with waits that double from 0.25 s to 5 s. `work` must be
 * safe to repeat.
 * @param timeoutMs milliseconds after which the last error is thrown.
 */
export async function retryWhileUnreachable<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  timeoutMs = RECONNECT_TIMEOUT_MS,
): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs;
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
