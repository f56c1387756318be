/** Until the first refusal the rate doubles within this many units. */
const DOUBLING_UNITS = 4;
/** After a refusal the rate is this fraction of what Graph was seen to give. */
const AFTER_REFUSAL = 0.95;
/** After a refusal the rate grows by this fraction of what Graph gave, over GROWTH_UNITS: about one refusal in 1,300 requests. */
const GROWTH = 0.15;
const GROWTH_UNITS = 4000;
/** Over less time than this a rate cannot be measured, milliseconds. */
const MEASURED_MIN_MS = 1000;

interface Passed {
  readonly atMs: number;
  readonly units: number;
}

/**
 * Learns the rate of a quota whose utilisation Graph does not report: additive increase, multiplicative decrease (RFC 5681, section 3.1,
 * with a start that doubles). The documented rate is where it begins and never falls below: tenants are given more than is documented.
 */
export class ProbedRate {
  readonly #documented: number;
  readonly #windowMs: number;
  /** Units of the last window. */
  #passed: Passed[] = [];
  #refusedAtMs: number | null = null;
  /** Rate that Graph gave when it last refused, units a second. */
  #given: number | null = null;

  /** @param documented units a second; @param windowMs time over which the quota counts, milliseconds. */
  constructor(documented: number, windowMs: number) {
    this.#documented = documented;
    this.#windowMs = windowMs;
  }

  /** The rate after an answer. @param isLimited whether the request had to wait for the rate: otherwise a higher rate would not have been used. */
  afterAnswer({ units, atMs, rate, isLimited }: Passed & { readonly rate: number; readonly isLimited: boolean }): number {
    this.#passed = [...this.#passed.filter((each) => each.atMs > atMs - this.#windowMs), { atMs, units }];
    if (!isLimited) return rate;
    if (this.#given === null) return rate * 2 ** (units / DOUBLING_UNITS);
    return rate + (this.#given * GROWTH * units) / GROWTH_UNITS;
  }

  /** The rate after a refusal. */
  afterRefusal({ atMs, rate }: { readonly atMs: number; readonly rate: number }): number {
    const given = Math.min(rate, this.#measure(atMs) ?? rate);
    this.#refusedAtMs = atMs;
    this.#given = Math.max(this.#documented, given);
    return Math.max(this.#documented, given * AFTER_REFUSAL);
  }

  /** What passed a second in the last window, or since the last refusal: then the quota was used up at both ends. */
  #measure(atMs: number): number | null {
    const from = Math.max(atMs - this.#windowMs, this.#refusedAtMs ?? 0);
    const elapsedMs = atMs - from;
    if (elapsedMs < MEASURED_MIN_MS) return null;
    const units = this.#passed.reduce((sum, each) => sum + (each.atMs > from ? each.units : 0), 0);
    return units / (elapsedMs / 1000);
  }
}
