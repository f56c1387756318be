import type { Clock } from '#lib/platform/clock.ts';
import type { AppError } from '#lib/platform/errors.ts';
import { ForeignAnswerError } from '#lib/platform/http/intermediary-response.ts';

/** How long one request is tried, milliseconds. */
export const RETRY_TIME_MS = 15 * 60_000;
/** How long answers that are not the service's are waited out: a run, and what a person waits for, milliseconds. */
export const FOREIGN_TIME_MS = 60_000;
const FOREIGN_TIME_SHORT_MS = 5000;

/** How long one request waits. */
export interface RequestPatience {
  /** Whether another try after `waitMs` is still in time. */
  mayWait(error: AppError, waitMs: number): boolean;
  /** The request is over; it passed unless `mayWait` refused. */
  end(): void;
}

/**
 * Bounds the retries of one client by time. A portal or a proxy that answers in the place of the service needs a person: what it has
 * answered for a minute fails, and until something passes again all further requests of the client fail at once.
 */
export class Patience {
  readonly #clock: Clock;
  readonly #foreignMs: number;
  /** Since when nothing but foreign answers came. */
  #foreignSince: number | null = null;
  #gaveUp = false;

  constructor(clock: Clock, long: boolean) {
    this.#clock = clock;
    this.#foreignMs = long ? FOREIGN_TIME_MS : FOREIGN_TIME_SHORT_MS;
  }

  begin(): RequestPatience {
    const giveUpAt = this.#now() + RETRY_TIME_MS;
    let ownSince: number | null = null;
    let failed = false;
    return {
      mayWait: (error, waitMs) => {
        const endsAt = this.#now() + waitMs;
        failed = endsAt > giveUpAt;
        if (error instanceof ForeignAnswerError && !error.temporary) {
          ownSince ??= this.#now();
          this.#foreignSince ??= ownSince;
          failed ||= this.#gaveUp || endsAt > Math.min(ownSince, this.#foreignSince) + this.#foreignMs;
          this.#gaveUp = failed;
        } else {
          ownSince = null;
        }
        return !failed;
      },
      end: () => {
        if (failed) return;
        this.#foreignSince = null;
        this.#gaveUp = false;
      },
    };
  }

  #now(): number {
    return this.#clock.now().getTime();
  }
}
