import { join } from 'node:path';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { UnreadColumn } from '#lib/domain/run/run.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import type { Mutex } from '#lib/platform/async/mutex.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { IncrementalOptions } from '#lib/reload/engine/change-reading.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import type { DatasetReport, Reporter, Source } from '#lib/reload/engine/ports.ts';
import { reloadDataset } from '#lib/reload/engine/reload-dataset.ts';
import type { Sink } from '#lib/reload/engine/sink.ts';
import { createLakeSink } from '#lib/targets/lake/reload.ts';
import { createCompareSink } from '#lib/targets/postgres/compare/reload-and-compare.ts';
import { createFullLoadSink } from '#lib/targets/postgres/full-load/full-load.ts';

export interface DatasetReload {
  readonly source: Source;
  readonly definition: DatasetDefinition;
  readonly target: TaskTarget;
  readonly runId: string;
  /** Names the stage: the same id goes on from what an earlier call staged. */
  readonly datasetRunId: string;
  readonly deletesConfirmed: boolean;
  /** What a task that reads only what changed needs beyond its settings; missing: everything is read. */
  readonly incremental?: Pick<IncrementalOptions, 'full' | 'sourceKey'>;
  /** See DatasetRun of the engine. Missing: there was no run before; nothing is known at the start. */
  readonly unreadBefore?: readonly UnreadColumn[];
  readonly unreadAtStart?: readonly Omit<UnreadColumn, 'since'>[];
  readonly readBefore?: ReadonlySet<string>;
  readonly landingUrl: string;
  readonly lakeDir: string;
  /** Folder for stages. */
  readonly workDir: string;
  /** Shared by all that this process reloads at once. */
  readonly largeDatasetMutex?: Mutex;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onInternalError?: (error: unknown) => void;
}

/** Reloads one dataset into its target. Never throws: how it ended is in the report. */
export async function runDatasetReload(input: DatasetReload): Promise<DatasetReport> {
  const { source, reporter, clock, runId, deletesConfirmed, largeDatasetMutex, onInternalError } = input;
  const [plan] = planReload([input.definition], input.target).datasets;
  if (plan === undefined) throw new TypeError('a plan of one dataset has one part');
  const stageDir = join(input.workDir, input.datasetRunId);
  const deps = {
    source,
    sink: sinkOf(input),
    reporter,
    clock,
    stageDir,
    ...(largeDatasetMutex === undefined ? {} : { largeDatasetMutex }),
    ...(onInternalError === undefined ? {} : { onInternalError }),
  };
  const incremental = incrementalOf(input);
  const { unreadBefore = [], unreadAtStart = [], readBefore } = input;
  const run = {
    ...{ plan, runId, deletesConfirmed, unreadBefore, unreadAtStart },
    ...(readBefore === undefined ? {} : { readBefore }),
    ...(incremental === null ? {} : { incremental }),
  };
  return reloadDataset(deps, run, input.signal);
}

function incrementalOf({ target, incremental }: DatasetReload): IncrementalOptions | null {
  if (incremental === undefined || target.method !== 'reload-and-compare' || !target.settings.incremental) return null;
  return { ...incremental, fullEveryDays: target.settings.fullCompareDays };
}

function sinkOf({ target, landingUrl, lakeDir }: DatasetReload): Sink {
  switch (target.method) {
    case 'reload-and-compare':
      return createCompareSink(landingUrl, target.settings);
    case 'full-load':
      return createFullLoadSink(landingUrl, target.settings);
    case 'reload':
      return createLakeSink(lakeDir, target.settings);
  }
}
