/** One slot of a pool; the holder calls `release` exactly once, at its end. */
export interface Slot {
  /** The holder waits for something else (a quota, a lock): another task may use the slot meanwhile. Does nothing while suspended. */
  suspend(): void;
  /** The holder works again. It never waits for that: for a moment more holders than `active` may work. */
  resume(): void;
  release(): void;
}

export interface SlotRequest {
  /** Requests of one group share the pool fairly with those of the others: the group with the fewest working holders is next. */
  readonly group?: string;
  /** Higher ones are next; default 0. */
  readonly priority?: number;
  readonly signal: AbortSignal;
}

/** Limits how many asynchronous tasks of this process work at once. */
export interface Slots {
  /** Whether `acquire` would have to wait now. */
  readonly isFull: boolean;
  /** Resolves with a slot. Rejects with the signal's reason when that aborts before. */
  acquire(request: SlotRequest): Promise<Slot>;
}

export interface SlotLimits {
  /** Holders that work at once. */
  readonly active: number;
  /** Holders at all, suspended ones included: each keeps memory. */
  readonly open: number;
  /** Called after each change of the number of holders that work. */
  readonly onChange?: (now: { readonly active: number; readonly open: number; readonly waiting: number }) => void;
}

interface Waiter {
  readonly group: string;
  readonly priority: number;
  readonly grant: () => void;
}

/** A pool of slots. Of equal requests the first one is served first. */
export function createSlots({ active: activeMax, open: openMax, onChange }: SlotLimits): Slots {
  const waiters: Waiter[] = [];
  const activeOf = new Map<string, number>();
  let active = 0;
  let open = 0;
  const changed = (): void => onChange?.({ active, open, waiting: waiters.length });
  const isFull = (): boolean => active >= activeMax || open >= openMax;
  const count = (group: string, by: 1 | -1): void => {
    active += by;
    const left = (activeOf.get(group) ?? 0) + by;
    if (left === 0) activeOf.delete(group);
    else activeOf.set(group, left);
  };
  const isBefore = (a: Waiter, b: Waiter): boolean =>
    a.priority === b.priority ? (activeOf.get(a.group) ?? 0) < (activeOf.get(b.group) ?? 0) : a.priority > b.priority;
  const grantNext = (): void => {
    while (waiters.length > 0 && !isFull()) {
      const next = waiters.reduce((best, waiter) => (isBefore(waiter, best) ? waiter : best));
      waiters.splice(waiters.indexOf(next), 1);
      next.grant();
    }
    changed();
  };
  const openSlot = (group: string): Slot => {
    let state: 'active' | 'suspended' | 'released' = 'active';
    open++;
    count(group, 1);
    return {
      suspend() {
        if (state !== 'active') return;
        state = 'suspended';
        count(group, -1);
        grantNext();
      },
      resume() {
        if (state !== 'suspended') return;
        state = 'active';
        count(group, 1);
        changed();
      },
      release() {
        if (state === 'released') return;
        if (state === 'active') count(group, -1);
        state = 'released';
        open--;
        grantNext();
      },
    };
  };
  return {
    get isFull() {
      return waiters.length > 0 || isFull();
    },
    acquire({ group = '', priority = 0, signal }) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const onAbort = (): void => {
          waiters.splice(waiters.indexOf(waiter), 1);
          reject(signal.reason);
          changed();
        };
        const waiter: Waiter = {
          group,
          priority,
          grant: () => {
            signal.removeEventListener('abort', onAbort);
            resolve(openSlot(group));
          },
        };
        signal.addEventListener('abort', onAbort, { once: true });
        waiters.push(waiter);
        grantNext();
      });
    },
  };
}
