/**
 * Hands values from several producers to one consumer, in the order they came. `push` resolves once there is room again, so that producers
 * never run further ahead than `weightMax`.
 */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #weightMax: number;
  readonly #items: { readonly value: T; readonly weight: number }[] = [];
  #weight = 0;
  #waiting: (() => void)[] = [];
  #wake: (() => void) | null = null;
  #end: { readonly error?: unknown } | null = null;

  constructor(weightMax: number) {
    this.#weightMax = weightMax;
  }

  async push(value: T, weight: number): Promise<void> {
    this.#items.push({ value, weight });
    this.#weight += weight;
    this.#wake?.();
    if (this.#weight > this.#weightMax && this.#end === null) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Ends the queue; with `error` the consumer gets it at once, and queued values are dropped. */
  end(error?: unknown): void {
    if (this.#end !== null) return;
    this.#end = error === undefined ? {} : { error };
    this.#wake?.();
    this.#letGo();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        if (this.#end !== null && 'error' in this.#end) throw this.#end.error;
        const item = this.#items.shift();
        if (item !== undefined) {
          this.#weight -= item.weight;
          if (this.#weight <= this.#weightMax) this.#letGo();
          yield item.value;
        } else if (this.#end !== null) return;
        else await this.#wait();
      }
    } finally {
      this.end();
    }
  }

  async #wait(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
  }

  #letGo(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
