/** The limit that is assumed until answers teach better. */
export interface BucketLimit {
  /** Units that may be spent at once. */
  readonly capacity: number;
  readonly perSecond: number;
}

export interface Claim {
  /** Units taken: all that were wanted, or none. */
  readonly granted: number;
  /** When nothing was granted: milliseconds after which it is worth asking again. */
  readonly waitMs: number;
  readonly perSecond: number;
  /** Share of the bucket that is left, 0..1. */
  readonly left: number;
  /** What all who share the bucket have spent, units, since it was last left alone long enough to be full. */
  readonly spent: number;
  readonly sinceMs: number;
}

/** What is asked of a bucket. */
export interface ClaimWish {
  readonly units: number;
  readonly limit: BucketLimit;
}

/** What a worker learned about a bucket. */
export interface BucketNews {
  /** The limit that answers taught; forgotten after LEARNED_MS, since other applications come and go. */
  readonly limit?: BucketLimit;
  /** The bucket turned out to be fuller than was thought. */
  readonly refill?: boolean;
  /** Nobody is to spend for this long, milliseconds: Graph said so. */
  readonly blockedMs?: number;
}

/** How long a learned limit holds, milliseconds. */
export const LEARNED_MS = 10 * 60_000;

/** A bucket that nobody touched for this long is full again, milliseconds: the window of the directory. */
export const REFILLED_MS = 10_000;
