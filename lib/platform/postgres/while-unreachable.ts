import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#lib/platform/errors.ts';
import { isDatabaseAway } from './database-away.ts';

/** How long to retry while the application database is unreachable, milliseconds: enough for a restart or a failover. */
const RETRY_TIME_MS = 60_000;
/** The same for the landing database of a run, which may be restarted by others. */
export const LANDING_TIMEOUT_MS = 120_000;
/** The same before the first connection: a wrong address is reported after seconds, not minutes. */
export const FIRST_CONNECT_TIMEOUT_MS = 15_000;
const WAIT_FIRST_MS = 100;
const WAIT_MAX_MS = 2000;

interface RetryOptions {
  /** Milliseconds after which the last error is thrown. */
  readonly timeoutMs?: number;
  /** Ends the waits: its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Runs `work` again while it fails because a database cannot be reached (the application's, or `landing-unreachable` of a target), with
 * waits that double from 0.1 s to 2 s. Any other error is thrown at once. `work` must be safe to repeat.
 */
export async function retryWhileUnreachable<T>(
  work: () => Promise<T>,
  { timeoutMs = RETRY_TIME_MS, signal }: RetryOptions = {},
): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs;
  for (let waitMs = WAIT_FIRST_MS; ; waitMs = Math.min(waitMs * 2, WAIT_MAX_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isUnreachable(error) || signal?.aborted === true || performance.now() + waitMs > giveUpAt) throw error;
      await sleep(waitMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
      signal?.throwIfAborted();
    }
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof AppError ? error.code === 'landing-unreachable' : isDatabaseAway(error);
}
