/** Mutual exclusion between asynchronous tasks of this process; waiters get the lock in the order in which they asked. */
export interface Mutex {
  /** Whether `acquire` would have to wait now. */
  readonly isLocked: boolean;
  /** Resolves with the function that releases the lock. Rejects with the signal's reason when that aborts before. */
  acquire(signal: AbortSignal): Promise<() => void>;
}
