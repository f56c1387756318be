import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { RETRY_TIME_MS } from '#lib/graph/client/retry-budget.ts';
import type { WaitMeter } from '#lib/graph/limits/admission.ts';
import { retryWaitMs } from './batch.ts';
import { BATCH_MAX, type BatchItem, batchSizeOf, type ItemAnswer, postBatch } from './batch-wire.ts';

/** How long a batch that isn't full waits while answers in flight may add items, milliseconds. */
const PARTIAL_WAIT_MS = 150;

export interface BatchPoolOptions<T extends BatchItem> {
  readonly client: GraphClient;
  /** Most batches in flight. */
  readonly batchesMax: number;
  readonly signal: AbortSignal;
  readonly meter: WaitMeter;
  /** Called once for each item with its final answer: rows, or an error that retries didn't solve. May add further items. */
  readonly onAnswer: (item: T, answer: ItemAnswer) => void;
  /** Called when a `$batch` request failed for good; no further item is answered. */
  readonly onFailure: (error: unknown) => void;
  /** Called after each batch with the number of requests that it took. */
  readonly onBatch: (requests: number) => void;
}

interface Entry<T> {
  readonly item: T;
  readonly failures: number;
  readonly giveUpAt: number;
}

/**
 * Sends items in full batches, several concurrently. Graph throttles every item on its own: an item with a transient failure waits and is
 * then sent in a later batch, so that no batch waits for its slowest item. Bounded by RETRY_TIME_MS for each item.
 */
export class BatchPool<T extends BatchItem> {
  readonly #options: BatchPoolOptions<T>;
  #waiting: Entry<T>[] = [];
  #delayed = 0;
  #inFlight = 0;
  #expectsItems = true;
  #isPaused = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: BatchPoolOptions<T>) {
    this.#options = options;
  }

  /** Adds an item after a wait; the pool is not idle during the wait. */
  addLater(item: T, waitMs: number): void {
    void this.#delay(() => ({ item, failures: 0, giveUpAt: this.#now() + RETRY_TIME_MS }), waitMs);
  }

  /** Number of items that are in no batch yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  get idle(): boolean {
    return this.#waiting.length === 0 && this.#delayed === 0 && this.#inFlight === 0;
  }

  add(items: readonly T[]): void {
    const giveUpAt = this.#now() + RETRY_TIME_MS;
    this.#waiting.push(...items.map((item) => ({ item, failures: 0, giveUpAt })));
    this.#dispatch();
  }

  /** No further items come but those that `onAnswer` adds: batches no longer have to be full. */
  end(): void {
    this.#expectsItems = false;
    this.#dispatch();
  }

  /** Starts or ends a pause, in which no batch is sent: the reader of the answers is behind. */
  setPaused(paused: boolean): void {
    this.#isPaused = paused;
    this.#dispatch();
  }

  #dispatch(): void {
    while (!this.#isPaused && this.#inFlight < this.#options.batchesMax && this.#waiting.length >= this.#batchSize())
      this.#send();
    const partial = !this.#expectsItems && this.#waiting.length > 0 && !this.#isPaused;
    if (!partial || this.#inFlight >= this.#options.batchesMax) return;
    if (this.#inFlight === 0) this.#send();
    else this.#timer ??= setTimeout(() => this.#sendPartial(), PARTIAL_WAIT_MS);
  }

  /** All items of a pool are of one dataset, and so of one quota. */
  #batchSize(): number {
    const next = this.#waiting[0];
    return next === undefined ? BATCH_MAX : batchSizeOf(next.item);
  }

  #sendPartial(): void {
    this.#timer = null;
    if (this.#waiting.length > 0 && this.#inFlight < this.#options.batchesMax && !this.#isPaused) this.#send();
    this.#dispatch();
  }

  #send(): void {
    const batch = this.#waiting.splice(0, this.#batchSize());
    const { client, signal, meter, onBatch, onFailure } = this.#options;
    this.#inFlight++;
    void postBatch(
      client,
      batch.map(({ item }) => item),
      { signal, meter },
    )
      .then(({ answers, requests }) => {
        this.#inFlight--;
        for (const [index, entry] of batch.entries()) this.#settle(entry, answers[index]);
        onBatch(requests);
        this.#dispatch();
      })
      .catch(onFailure);
  }

  #settle(entry: Entry<T>, answer: ItemAnswer | undefined): void {
    if (answer === undefined) throw new TypeError('a batch item was left without an answer');
    const { item, failures, giveUpAt } = entry;
    const waitMs = answer.ok ? null : retryWaitMs(answer.error, failures);
    if (waitMs === null || this.#now() + waitMs > giveUpAt) this.#options.onAnswer(item, answer);
    else this.#delayRetry(answer, { item, failures: failures + 1, giveUpAt }, waitMs);
  }

  #delayRetry(answer: ItemAnswer, entry: Entry<T>, waitMs: number): void {
    const endWait = answer.ok
      ? undefined
      : this.#options.client.waits?.begin({ kind: 'graph', text: answer.error.problem.title }, new Date(this.#now() + waitMs));
    void this.#delay(() => entry, waitMs).finally(endWait);
  }

  async #delay(entry: () => Entry<T>, waitMs: number): Promise<void> {
    const { signal, meter } = this.#options;
    this.#delayed++;
    meter.begin();
    // An abort also ends the batches in flight, which report it.
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    meter.end();
    this.#delayed--;
    if (signal.aborted) return;
    this.#waiting.push(entry());
    this.#dispatch();
  }

  #now(): number {
    return this.#options.client.clock.now().getTime();
  }
}
