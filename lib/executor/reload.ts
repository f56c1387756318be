import { join } from 'node:path';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { UnreadColumn } from '#lib/domain/run/run.ts';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { withLandedColumns } from '#lib/domain/task/landing-names.ts';
import type { TaskRelations } from '#lib/domain/task/relations.ts';
import { fullReadEveryDays, type TaskTarget } from '#lib/domain/task/task.ts';
import type { Mutex } from '#lib/platform/async/mutex.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import type { DatasetReport, Reporter, Source } from '#lib/reload/engine/ports.ts';
import type { IncrementalOptions } from '#lib/reload/engine/reading/change-reading.ts';
import { reloadDataset } from '#lib/reload/engine/reload-dataset.ts';
import type { GroupedPublish, Published } from '#lib/reload/engine/sink.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import type { TargetRules } from '#lib/targets/target.ts';

export interface DatasetReload {
  readonly source: Source;
  readonly definition: DatasetDefinition;
  readonly target: TaskTarget;
  /** How the tables of the task belong together; missing: nothing is made of that. */
  readonly relations?: TaskRelations;
  readonly runId: string;
  /** Names the stage: the same id continues from what an earlier call staged. */
  readonly datasetRunId: string;
  readonly deletesConfirmed: boolean;
  /** What a task that reads only what changed needs beyond its settings; missing: everything is read. */
  readonly incremental?: Pick<IncrementalOptions, 'full' | 'sourceKey'>;
  /** See DatasetRun of the engine. Missing: there was no run before; nothing is known at the start. */
  readonly unreadBefore?: readonly UnreadColumn[];
  readonly unreadAtStart?: readonly Omit<UnreadColumn, 'since'>[];
  readonly readBefore?: ReadonlySet<string>;
  /** How the target is reached. */
  readonly access: TargetAccess;
  /** What targets that people set up may reach from this process. */
  readonly rules: TargetRules;
  /** Folder for stages. */
  readonly workDir: string;
  /** Shared by all that this process reloads at once. */
  readonly largeDatasetMutex?: Mutex;
  /** See ReloadDeps of the engine. */
  readonly publishWithOthers?: (dataset: GroupedPublish) => Promise<Published>;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onInternalError?: (error: unknown) => void;
}

/** Reloads one dataset into its target. Never throws: how it ended is in the report. */
export async function runDatasetReload(input: DatasetReload): Promise<DatasetReport> {
  const { source, reporter, clock, runId, deletesConfirmed, access, rules, target } = input;
  const { largeDatasetMutex, publishWithOthers, onInternalError } = input;
  const [plan] = planReload([input.definition], target).datasets;
  if (plan === undefined) throw new TypeError('a plan of one dataset has one part');
  const stageDir = join(input.workDir, input.datasetRunId);
  const deps = {
    source,
    sink: findTargetModule(access.kind).createSink(access, rules, target, input.relations),
    reporter,
    clock,
    stageDir,
    ...(largeDatasetMutex === undefined ? {} : { largeDatasetMutex }),
    ...(publishWithOthers === undefined ? {} : { publishWithOthers }),
    ...(onInternalError === undefined ? {} : { onInternalError }),
  };
  const incremental = incrementalOf(input);
  const { unreadBefore = [], unreadAtStart = [], readBefore } = input;
  const { toLanded, toDefined } = columnNamesOf(input.definition, target);
  const run = {
    ...{ plan, runId, deletesConfirmed },
    ...{ unreadBefore: renamed(unreadBefore, toLanded), unreadAtStart: renamed(unreadAtStart, toLanded) },
    ...(readBefore === undefined ? {} : { readBefore: new Set([...readBefore].map(toLanded)) }),
    ...(incremental === null ? {} : { incremental }),
    ...(input.incremental === undefined ? {} : { reading: input.incremental }),
  };
  const report = await reloadDataset(deps, run, input.signal);
  return { ...report, unread: renamed(report.unread, toDefined) };
}

/** Runs keep the names of the definition; from here on columns have those of the target. */
function columnNamesOf(definition: DatasetDefinition, target: TaskTarget) {
  const landed = withLandedColumns(definition, target.settings.names).columns;
  const pairs = definition.columns.map(({ name }, at) => [name, landed[at]?.name ?? name] as const);
  const [there, back] = [new Map(pairs), new Map(pairs.map(([name, to]) => [to, name]))];
  return { toLanded: (name: string) => there.get(name) ?? name, toDefined: (name: string) => back.get(name) ?? name };
}

function renamed<T extends { readonly name: string }>(columns: readonly T[], to: (name: string) => string): readonly T[] {
  return columns.map((column) => ({ ...column, name: to(column.name) }));
}

function incrementalOf({ target, incremental }: DatasetReload): IncrementalOptions | null {
  const fullEveryDays = fullReadEveryDays(target);
  return incremental === undefined || fullEveryDays === null ? null : { ...incremental, fullEveryDays };
}
