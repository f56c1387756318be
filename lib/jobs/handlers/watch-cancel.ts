import type { Log } from '#lib/platform/log.ts';

/** Poll interval for cancellation, milliseconds: with the engine's own limit a cancel takes at most 2 s. */
const LOOK_EVERY_MS = 1000;

export interface CancelWatch {
  readonly signal: AbortSignal;
  stop(): void;
}

/** Work that can be cancelled while it is under way. */
export interface Cancellable {
  readonly id: string;
  /** Whether it was cancelled or no longer exists. */
  readonly isCancelled: () => Promise<boolean>;
}

/** A signal that aborts when the work is cancelled. A failed poll is only logged: the next one may succeed. */
export function watchCancel(deps: { log: Log; everyMs?: number }, { id, isCancelled }: Cancellable): CancelWatch {
  const controller = new AbortController();
  let isLooking = false;
  const look = async () => {
    if (await isCancelled()) controller.abort();
  };
  const timer = setInterval(() => {
    // A poll takes long while the database is unavailable; never start a second one.
    if (isLooking) return;
    isLooking = true;
    look()
      .catch((error: unknown) => deps.log.warn({ err: error, id }, 'whether it was cancelled could not be read'))
      .finally(() => {
        isLooking = false;
      });
  }, deps.everyMs ?? LOOK_EVERY_MS);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}
