import type { Charge } from '#lib/domain/run/graph-quota.ts';

/** How an admitted request ended, as far as quotas are concerned; of a batch the sum over its items. */
export interface Outcome {
  /** Answers that weren't 429. */
  readonly passed: number;
  /** Answers that were. */
  readonly throttled: number;
  /** Longest Retry-After among them, milliseconds; null = none was given. */
  readonly retryAfterMs: number | null;
  /** `x-ms-throttle-limit-percentage`: share of the quota in use, told above 0.8 only. */
  readonly share: number | null;
  /** `x-ms-resource-unit`: what it cost by Graph's own account; missing where Graph doesn't tell. */
  readonly units?: number;
}

/** A request lost on the way says nothing about quotas. */
export const NO_OUTCOME: Outcome = { passed: 0, throttled: 0, retryAfterMs: null, share: null };

/** Measures the time in which somebody waited because Graph throttles; waits at the same time count once. */
export interface WaitMeter {
  begin(): void;
  end(): void;
}

/** Told why somebody waits, in words for people. */
export interface WaitWatch {
  /** @returns ends this wait; call exactly once. */
  begin(words: string): () => void;
}

export interface Admission {
  /** Tells how it ended and frees the place. Call exactly once. */
  settle(outcome: Outcome): void;
}

/** Lets requests of one app in one tenant out as fast as its quotas allow. */
export interface Throttle {
  /** Resolves when the request may leave. @throws AppError `aborted` when `signal` aborts meanwhile. */
  admit(charge: Charge, options: { readonly signal: AbortSignal; readonly meter?: WaitMeter }): Promise<Admission>;
}
