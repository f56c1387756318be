import type { Clock } from '#lib/platform/clock.ts';
import type { AppError } from '#lib/platform/errors.ts';
import { IntermediaryResponseError } from '#lib/platform/http/intermediary-response.ts';

/** How long one request is retried, milliseconds. */
export const RETRY_TIME_MS = 15 * 60_000;
/** How long responses of an intermediary are retried: in a run, and while a person waits, milliseconds. */
export const INTERMEDIARY_TIME_MS = 60_000;
const INTERMEDIARY_TIME_SHORT_MS = 5000;

/** Retry budget of one request. */
export interface RequestRetryBudget {
  /** Whether another attempt after `waitMs` is within the budget. */
  allowsRetry(error: AppError, waitMs: number): boolean;
  /** Ends the request; it succeeded unless `allowsRetry` returned false. */
  end(): void;
}

/**
 * Bounds the retries of one client by time. When a portal or a proxy answers instead of Graph, a person has to act: after a minute of such
 * responses the request fails, and all further requests of the client fail at once until one succeeds.
 */
export class RetryBudget {
  readonly #clock: Clock;
  readonly #intermediaryMs: number;
  /** Time since which only intermediaries answered; null = Graph answered last. */
  #intermediarySince: number | null = null;
  #isExhausted = false;

  constructor(clock: Clock, isRun: boolean) {
    this.#clock = clock;
    this.#intermediaryMs = isRun ? INTERMEDIARY_TIME_MS : INTERMEDIARY_TIME_SHORT_MS;
  }

  begin(): RequestRetryBudget {
    const giveUpAt = this.#now() + RETRY_TIME_MS;
    let ownSince: number | null = null;
    let failed = false;
    return {
      allowsRetry: (error, waitMs) => {
        const endsAt = this.#now() + waitMs;
        failed = endsAt > giveUpAt;
        if (error instanceof IntermediaryResponseError && !error.temporary) {
          ownSince ??= this.#now();
          this.#intermediarySince ??= ownSince;
          failed ||= this.#isExhausted || endsAt > Math.min(ownSince, this.#intermediarySince) + this.#intermediaryMs;
          this.#isExhausted = failed;
        } else {
          ownSince = null;
        }
        return !failed;
      },
      end: () => {
        if (failed) return;
        this.#intermediarySince = null;
        this.#isExhausted = false;
      },
    };
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}
