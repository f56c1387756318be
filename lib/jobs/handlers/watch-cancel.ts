import type { Log } from '#lib/platform/log.ts';

/** How often a worker looks whether its work was cancelled, milliseconds: with the engine's own bound a cancel takes 2 s at most. */
const LOOK_EVERY_MS = 1000;

export interface CancelWatch {
  readonly signal: AbortSignal;
  stop(): void;
}

/** Work that somebody may cancel while it is under way. */
export interface Cancellable {
  readonly id: string;
  /** Whether it shall stop: it was cancelled, or is gone. */
  readonly isCancelled: () => Promise<boolean>;
}

/** A signal that aborts when the work is cancelled. A look that fails is only logged: the next one may succeed. */
export function watchCancel(deps: { log: Log; everyMs?: number }, { id, isCancelled }: Cancellable): CancelWatch {
  const controller = new AbortController();
  let isLooking = false;
  const look = async () => {
    if (await isCancelled()) controller.abort();
  };
  const timer = setInterval(() => {
    // While the database is away a look takes long: one is enough.
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
