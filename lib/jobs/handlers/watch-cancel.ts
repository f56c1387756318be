import type { Log } from '#lib/platform/log.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { findRunState } from '#lib/store/run/runs.ts';

/** How often a worker looks whether its run was cancelled, milliseconds: with the engine's own bound a cancel takes 2 s at most. */
const LOOK_EVERY_MS = 1000;

export interface CancelWatch {
  readonly signal: AbortSignal;
  stop(): void;
}

/** A signal that aborts when the run is `cancelling`. A look that fails is only logged: the next one may succeed. */
export function watchCancel(deps: { db: Db; log: Log; everyMs?: number }, runId: string): CancelWatch {
  const controller = new AbortController();
  let looking = false;
  const look = async () => {
    const state = await findRunState(deps.db, runId);
    if (state === null || state === 'cancelling' || state === 'cancelled') controller.abort();
  };
  const timer = setInterval(() => {
    // While the database is away a look takes long: one is enough.
    if (looking) return;
    looking = true;
    look()
      .catch((error: unknown) => deps.log.warn({ err: error, runId }, 'the state of the run could not be read'))
      .finally(() => {
        looking = false;
      });
  }, deps.everyMs ?? LOOK_EVERY_MS);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}
