import type { PgBoss, WorkHandler } from 'pg-boss';
import type { Log } from '#lib/platform/log.ts';
import { reloadRunJob } from './definitions/reload-run.ts';

/** Pollers of the queue of runs: as many as runs are worked on at once, and one more for each run that only waits. */
export interface RunPollers {
  /** Called when all datasets of a run wait, and when one continues. */
  setIdle(isIdle: boolean): void;
}

/**
 * A run that waits for a quota would occupy its poller for hours, and other runs would stay `Queued`. Therefore an additional poller starts for each
 * such run, up to `max` in total, and stops after its job once the run continues.
 */
export async function startRunPollers(
  boss: PgBoss,
  options: { readonly base: number; readonly max: number; readonly log: Log; readonly isStopping: () => boolean },
  handler: WorkHandler<object>,
): Promise<RunPollers> {
  const { base, max, log, isStopping } = options;
  const extra: string[] = [];
  let idleRuns = 0;
  let adjusting = Promise.resolve();
  const work = (localConcurrency: number): Promise<string> =>
    boss.work(reloadRunJob.name, { ...reloadRunJob.work, batchSize: 1, localConcurrency }, handler);
  const adjust = async (): Promise<void> => {
    if (isStopping()) return;
    const wanted = Math.min(idleRuns, max - base);
    if (extra.length < wanted) extra.push(await work(1));
    else if (extra.length > wanted) await boss.offWork(reloadRunJob.name, { id: extra.pop() ?? '', wait: false });
  };
  await work(base);
  return {
    setIdle(isIdle) {
      idleRuns += isIdle ? 1 : -1;
      adjusting = adjusting.then(adjust).catch((error: unknown) => log.error({ err: error }, 'pollers of runs'));
    },
  };
}
