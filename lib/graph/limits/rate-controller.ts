/** Window of the directory quota, seconds: a full bucket holds what it refills in this time (Graph doc "Throttling limits"). */
const WINDOW_S = 10;
/** Utilisation that the controller aims at: below it capacity is unused, above it Graph throttles. */
const TARGET_UTILISATION = 0.9;
/** Proportional gain: at a utilisation of 1.0 the rate is 0.7 of the refill rate, at 0.8 it is 1.3 of it. */
const GAIN = 3;
/** Graph reports utilisation above 0.8 only. After this long without a sample the base sample is replaced, milliseconds. */
const STALE_MS = 1000;
/** Reported utilisation has two digits: over less time than this the refill rate can't be computed from two samples, milliseconds. */
const SAMPLE_INTERVAL_MIN_MS = 1000;

/** Units that all processes had spent when an answer reported the utilisation. */
export interface UsageSample {
  /** 1.0 = the whole quota is in use. */
  readonly utilisation: number;
  /** Units spent since `sinceMs`, when the bucket was full. */
  readonly spent: number;
  readonly sinceMs: number;
  readonly atMs: number;
}

/**
 * Computes the rate that keeps the utilisation of a token bucket of unknown size at TARGET_UTILISATION. The units spent between two samples
 * are what the bucket lost plus what it refilled: `spent = (utilisation2 - utilisation1) * WINDOW_S * refill + seconds * refill`.
 */
export class RateController {
  /** Earlier sample that later ones are compared with. */
  #base: UsageSample | null = null;
  #sampledAtMs = Number.NEGATIVE_INFINITY;
  /** Units a second that the bucket refills; null = not known yet. */
  #refill: number | null = null;

  /** @returns the rate to spend at, units a second; null until the refill rate is known. */
  addSample(sample: UsageSample): number | null {
    const { utilisation, spent, sinceMs, atMs } = sample;
    const full: UsageSample = { utilisation: 0, spent: 0, sinceMs, atMs: sinceMs };
    if (this.#base === null || this.#base.sinceMs !== sinceMs) this.#base = full;
    else if (atMs - this.#sampledAtMs > STALE_MS) this.#base = sample;
    this.#sampledAtMs = atMs;
    const elapsedMs = atMs - this.#base.atMs;
    const seconds = (utilisation - this.#base.utilisation) * WINDOW_S + elapsedMs / 1000;
    const units = spent - this.#base.spent;
    const isComparable = this.#base.utilisation === 0 || elapsedMs >= SAMPLE_INTERVAL_MIN_MS;
    if (isComparable && seconds > 0 && units > 0) this.#refill = units / seconds;
    if (this.#refill === null) return null;
    return this.#refill * Math.min(1.5, Math.max(0.3, 1 + GAIN * (TARGET_UTILISATION - utilisation)));
  }
}
