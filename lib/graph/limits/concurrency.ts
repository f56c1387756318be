/** Requests under way at the start: enough to hide latency, few enough to meet a limit gently. */
const START = 16;
/** Even a service that refuses every second request is read at this width. */
const FLOOR = 4;
/** One refusal says what many of the same moment say: they narrow once, milliseconds. */
const NARROW_EVERY_MS = 1000;

/** How many requests may be under way: additive increase, multiplicative decrease (RFC 5681 has the reasoning, for packets). */
export class Concurrency {
  readonly #max: number;
  #limit: number;
  #inFlight = 0;
  /** Doubles for each round of answers until the first refusal. */
  #eager = true;
  #narrowedAt = Number.NEGATIVE_INFINITY;

  constructor(max: number) {
    this.#max = max;
    this.#limit = Math.min(START, max);
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
      this.#eager = false;
      if (now - this.#narrowedAt < NARROW_EVERY_MS) return;
      this.#narrowedAt = now;
      this.#limit = Math.max(Math.min(FLOOR, this.#max), this.#limit / 2);
    } else if (nearLimit) this.#eager = false;
    else this.#limit = Math.min(this.#max, this.#limit + (this.#eager ? 1 : 1 / this.#limit));
  }
}
