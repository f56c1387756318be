/** Length of the directory's window, seconds: a full bucket holds what it refills in this time (Graph doc "Throttling limits"). */
const WINDOW_S = 10;
/** Share of the quota that is aimed at: below it capacity lies idle, above it Graph refuses. */
const AIM = 0.9;
/** How hard the pace answers to a share off the aim: at 1.0 it is 0.7 of the refill, at 0.8 it is 1.3. */
const GAIN = 3;
/** Shares are told above 0.8 only; after this long without one, what was known of the bucket is stale, milliseconds. */
const STALE_MS = 1000;
/** Shares have two digits: over less time than this they say nothing about the refill, milliseconds. */
const BASE_MIN_MS = 1000;

/** What all had spent when an answer told the share in use. */
export interface Sighting {
  /** 1.0 = all of it. */
  readonly share: number;
  /** Units since `sinceMs`, when the bucket was full. */
  readonly spent: number;
  readonly sinceMs: number;
  readonly atMs: number;
}

/**
 * Finds the pace that keeps the used share of a token bucket at AIM, whatever its size. Between two sightings the units spent are what the
 * bucket lost plus what it got back: `spent = (share2 - share1) * WINDOW_S * refill + seconds * refill`.
 */
export class Pace {
  #from: Sighting | null = null;
  #seenAtMs = Number.NEGATIVE_INFINITY;
  #refill: number | null = null;

  /** @returns units a second to spend from now on; null while nothing can be said. */
  see(sighting: Sighting): number | null {
    const { share, spent, sinceMs, atMs } = sighting;
    const full: Sighting = { share: 0, spent: 0, sinceMs, atMs: sinceMs };
    if (this.#from === null || this.#from.sinceMs !== sinceMs) this.#from = full;
    else if (atMs - this.#seenAtMs > STALE_MS) this.#from = sighting;
    this.#seenAtMs = atMs;
    const elapsedMs = atMs - this.#from.atMs;
    const windows = (share - this.#from.share) * WINDOW_S + elapsedMs / 1000;
    const units = spent - this.#from.spent;
    if ((this.#from.share === 0 || elapsedMs >= BASE_MIN_MS) && windows > 0 && units > 0) this.#refill = units / windows;
    if (this.#refill === null) return null;
    return this.#refill * Math.min(1.5, Math.max(0.3, 1 + GAIN * (AIM - share)));
  }
}
