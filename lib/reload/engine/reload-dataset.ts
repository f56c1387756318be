import type { DatasetRun, ReloadDeps } from './dataset-run.ts';
import type { DatasetReport } from './ports.ts';
import { ReloadSession } from './reload-session.ts';

/**
 * Reloads one dataset: reads all of it into the stage, or what changed since the last run, brings it up to one moment by delta query where
 * there is one, proves that it is complete, and publishes it in one step.
 *
 * Never throws: how it ended is in the report. A process that dies on the way leaves a stage from which the next call with the same `stageDir`
 * and run goes on; every reported end removes it, unless the signal's reason is JobLeaseLostError. `signal` stops within 2 s; what was being
 * read is then nowhere visible.
 */
export async function reloadDataset(deps: ReloadDeps, run: DatasetRun, signal: AbortSignal): Promise<DatasetReport> {
  const session = new ReloadSession(deps, run, signal);
  let report: DatasetReport;
  try {
    report = await session.run();
  } catch (error) {
    report = session.failed(error);
  }
  await session.end();
  return report;
}
