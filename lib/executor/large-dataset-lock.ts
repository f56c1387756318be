import { LARGE_DATASET_WAIT, type Wait } from '#lib/domain/run/wait.ts';
import type { Mutex } from '#lib/platform/async/mutex.ts';
import type { Slot, Slots } from '#lib/platform/async/slots.ts';
import type { Clock } from '#lib/platform/clock.ts';

/** The lock of large datasets as one dataset sees it: it reports the wait for the lock, and lends the lock while its requests wait. */
export class LargeDatasetLock implements Mutex {
  readonly #slots: Slots;
  readonly #clock: Clock;
  readonly #onWait: (wait: Wait | null) => void;
  #slot: Slot | null = null;

  constructor(slots: Slots, deps: { readonly clock: Clock; readonly onWait: (wait: Wait | null) => void }) {
    this.#slots = slots;
    this.#clock = deps.clock;
    this.#onWait = deps.onWait;
  }

  get isLocked(): boolean {
    return this.#slots.isFull;
  }

  async acquire(signal: AbortSignal): Promise<() => void> {
    const waits = this.isLocked;
    if (waits) {
      this.#onWait({ kind: 'large-dataset', text: LARGE_DATASET_WAIT, since: this.#clock.now().toISOString(), until: null });
    }
    const slot = await this.#slots.acquire({ signal });
    this.#slot = slot;
    if (waits) this.#onWait(null);
    return () => {
      this.#slot = null;
      slot.release();
    };
  }

  /** Whether the requests of the dataset wait at the moment. */
  requestsWait(isWaiting: boolean): void {
    if (isWaiting) this.#slot?.suspend();
    else this.#slot?.resume();
  }
}
