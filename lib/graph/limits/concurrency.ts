/** Requests in flight at the start: enough to hide latency, few enough not to overrun a small quota. */
const INITIAL = 16;
/** Least concurrency, however many requests are throttled. */
const MIN = 4;
/** Several 429s within this time reduce the limit once, milliseconds. */
const REDUCE_INTERVAL_MS = 1000;

/** Limit of requests in flight: additive increase, multiplicative decrease (reasoning: RFC 5681, section 3.1). */
export class Concurrency {
  readonly #max: number;
  #limit: number;
  #inFlight = 0;
  /** While true, every answer raises the limit by one (slow start); ends at the first 429 or reported utilisation. */
  #isSlowStart = true;
  #reducedAt = Number.NEGATIVE_INFINITY;

  constructor(max: number) {
    this.#max = max;
    this.#limit = Math.min(INITIAL, max);
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  hasRoom(): boolean {
    return this.#inFlight < this.limit;
  }

  enter(): void {
    this.#inFlight++;
  }

  leave(): void {
    this.#inFlight--;
  }

  answered({
    throttled,
    nearLimit,
    now,
  }: {
    readonly throttled: boolean;
    readonly nearLimit: boolean;
    readonly now: number;
  }): void {
    if (throttled) {
      this.#isSlowStart = false;
      if (now - this.#reducedAt < REDUCE_INTERVAL_MS) return;
      this.#reducedAt = now;
      this.#limit = Math.max(Math.min(MIN, this.#max), this.#limit / 2);
    } else if (nearLimit) this.#isSlowStart = false;
    else this.#limit = Math.min(this.#max, this.#limit + (this.#isSlowStart ? 1 : 1 / this.#limit));
  }
}
