import type { DatasetRun, ReloadDeps } from './dataset-run.ts';
import { type AdaptedRun, adaptRunToLandedTable } from './drift/adapt-run.ts';
import type { DatasetReport } from './ports.ts';
import { ReloadSession } from './reload-session.ts';

/**
 * Reloads one dataset: compares its columns with the landed ones, reads all of it, or only the changes since the last run, into the stage, brings it
 * to one point in time by delta query where supported, proves that it is complete, and publishes it in one step.
 * Never throws: the result is in the report. A process that dies leaves a stage from which the next call with the same `stageDir`
 * and run continues; every reported end deletes it, unless the signal's reason is JobLeaseLostError. `signal` stops within 2 s; nothing
 * of an interrupted reload is visible.
 */
export async function reloadDataset(deps: ReloadDeps, run: DatasetRun, signal: AbortSignal): Promise<DatasetReport> {
  let adapted: AdaptedRun = { run, stop: null, toReport: (report) => report };
  let session = new ReloadSession(deps, run, signal);
  let report: DatasetReport;
  try {
    signal.throwIfAborted();
    adapted = await adaptRunToLandedTable(deps.sink, run, signal);
    session = new ReloadSession(deps, adapted.run, signal);
    if (adapted.stop !== null) throw adapted.stop;
    report = await session.run();
  } catch (error) {
    report = session.failed(error);
  }
  await session.end();
  return adapted.toReport(report);
}
