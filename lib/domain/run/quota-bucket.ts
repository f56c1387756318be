/** Size and refill rate of a token bucket. */
export interface BucketLimit {
  /** Units that may be spent at once. */
  readonly capacity: number;
  readonly perSecond: number;
}

export interface ClaimResult {
  /** Units taken from the bucket: all that were requested, or 0. */
  readonly granted: number;
  /** When nothing was granted: milliseconds until the next claim can succeed. */
  readonly waitMs: number;
  /** Rate of the limit that holds now, units a second. */
  readonly perSecond: number;
  /** Fraction of the bucket that remains, 0..1. */
  readonly remaining: number;
  /** Units that all processes have spent since `sinceMs`, when the bucket was last full. */
  readonly spent: number;
  readonly sinceMs: number;
}

/** A request for units of a bucket. */
export interface ClaimRequest {
  readonly units: number;
  /** Applies while there is no learned limit. */
  readonly limit: BucketLimit;
}

/** Change to a bucket after an answer of Graph. */
export interface BucketUpdate {
  /** Limit learned from Graph's answers. */
  readonly limit?: BucketLimit;
  /** How long the learned limit applies, milliseconds; default LEARNED_LIMIT_MS, since other applications share the quota and their use changes. */
  readonly learnedMs?: number;
  /** Whether to fill the bucket: more units are available than computed. */
  readonly refill?: boolean;
  /** No claim is granted for this long, milliseconds (Retry-After). */
  readonly blockedMs?: number;
}

/** How long a learned limit applies, milliseconds. */
export const LEARNED_LIMIT_MS = 10 * 60_000;

/** A bucket without claims for this long is full again, milliseconds: the window of the directory quota. */
export const REFILL_WINDOW_MS = 10_000;
