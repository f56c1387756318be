import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#lib/platform/errors.ts';

const FIRST_MS = 500;
const MAX_MS = 30_000;

/** Waits between attempts: exponential with full jitter, from 0.5 s, doubled up to 30 s. Tests replace it. */
export interface BackOff {
  /** Waits before the attempt after `failures` failures. Rejects with the signal's reason when that aborts. */
  wait(failures: number, signal: AbortSignal): Promise<void>;
}

export function createBackOff(random: () => number = Math.random): BackOff {
  return {
    async wait(failures, signal) {
      const ms = random() * Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(failures, 16));
      await sleep(ms, undefined, { signal }).catch((error: unknown) => {
        throw signal.aborted ? signal.reason : error;
      });
    },
  };
}

/**
 * Repeats `work` until it succeeds, fails permanently, or `signal` aborts. An AppError may mark a failure as permanent; network errors and
 * an unavailable server are retried.
 */
export async function retryUntilDone<T>(
  backOff: BackOff,
  signal: AbortSignal,
  work: () => Promise<T>,
  onFailure?: (error: AppError) => void,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof AppError) || error.retry === 'never') throw error;
      onFailure?.(error);
    }
    await backOff.wait(failures, signal);
  }
}
