import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#lib/platform/errors.ts';
import { Stage } from '#lib/reload/stage/stage.ts';
import type { DatasetRun, ReloadDeps } from './dataset-run.ts';

/** How long to wait for a stage that is in use, milliseconds; a worker that stops has 15 s (supervisor), one that lost its job 2 s. */
const IN_USE_TIMEOUT_MS = 15_000;
const POLL_MS = 200;

/** Opens the stage of a run. A worker that has just lost the job to this one may need a moment to close it. */
export async function openStage({ stageDir, sink }: ReloadDeps, run: DatasetRun, signal: AbortSignal): Promise<Stage> {
  const options = {
    dir: stageDir,
    columns: run.plan.columns,
    signature: signatureOf(run),
    forLake: sink.adoptsParquet === true,
    setsAside: run.plan.setsAside,
  };
  const giveUpAt = performance.now() + IN_USE_TIMEOUT_MS;
  for (;;) {
    try {
      return await Stage.open(options);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'stage-in-use' || performance.now() > giveUpAt) throw error;
      await sleep(POLL_MS, undefined, { signal });
    }
  }
}

/** A stage can be resumed only by the same run with the same columns and path. */
function signatureOf({ runId, plan: { dataset, columns } }: DatasetRun): string {
  return JSON.stringify([
    runId,
    dataset.name,
    dataset.path,
    columns.map(({ name, sourcePath, type }) => [name, sourcePath, type]),
  ]);
}
