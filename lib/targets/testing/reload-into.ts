import { join } from 'node:path';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import type { TaskRelations } from '#lib/domain/task/relations.ts';
import { type TaskTarget, writesFiles } from '#lib/domain/task/task.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import type { PublishGroup } from '#lib/reload/engine/publish-group.ts';
import type { IncrementalOptions } from '#lib/reload/engine/reading/change-reading.ts';
import { reloadDataset } from '#lib/reload/engine/reload-dataset.ts';
import type { Sink } from '#lib/reload/engine/sink.ts';
import { type FakeSourceOptions, fakeSource, recordingReporter, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { landingDatabase, localLake } from '#lib/targets/built-in.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import type { TargetRules } from '#lib/targets/target.ts';

/** The default rules: no private network, no folder. */
export const NO_RULES: TargetRules = { networks: [], folders: [] };

export interface ReloadInto {
  readonly access: TargetAccess;
  readonly task: TaskTarget;
  readonly dataset: DatasetDefinition;
  readonly runId: string;
  readonly source: FakeSourceOptions;
  readonly deletesConfirmed?: boolean;
  readonly signal?: AbortSignal;
  /** Folder of the stage; default: a new one. */
  readonly stageDir?: string;
  /** The time of everything that the run writes. */
  readonly now?: string;
  readonly incremental?: IncrementalOptions;
  /** See DatasetRun of the engine. */
  readonly reading?: Pick<IncrementalOptions, 'full' | 'sourceKey'>;
  readonly unreadBefore?: DatasetReport['unread'];
  readonly onInternalError?: (error: unknown) => void;
  /** Rules for targets of users; default: no private network. */
  readonly rules?: TargetRules;
  /** How the tables of the task belong together; default: nothing is made of that. */
  readonly relations?: TaskRelations;
  /** The datasets with which this one is published; its id is its name. */
  readonly group?: PublishGroup;
  /** Wraps the sink of the reload. */
  readonly wrapSink?: (sink: Sink) => Sink;
}

/** Reloads the rows of a fake source into a real target, like a run of a task. */
export function reloadInto(input: ReloadInto): Promise<DatasetReport> {
  const { access, task, dataset, runId, source, incremental, onInternalError, stageDir, group } = input;
  const [plan] = planReload([dataset], task).datasets;
  if (plan === undefined) throw new TypeError('a plan of one dataset has one part');
  return reloadDataset(
    {
      source: fakeSource(source),
      sink: (input.wrapSink ?? ((sink) => sink))(
        findTargetModule(access.kind).createSink(access, input.rules ?? NO_RULES, task, input.relations),
      ),
      reporter: recordingReporter(),
      clock: { now: () => new Date(input.now ?? '2026-01-01T00:00:00Z') },
      stageDir: stageDir ?? join(temporaryFolder(), runId),
      ...(onInternalError === undefined ? {} : { onInternalError }),
      ...(group === undefined ? {} : { publishWithOthers: (one) => group.join(dataset.name, one) }),
    },
    {
      ...{ plan, runId, deletesConfirmed: input.deletesConfirmed ?? false, unreadBefore: input.unreadBefore ?? [] },
      ...(incremental === undefined ? {} : { incremental }),
      ...(input.reading === undefined ? {} : { reading: input.reading }),
    },
    input.signal ?? new AbortController().signal,
  );
}

/** Where a task of any method lands rows in a test: tables in the database, files in the folder. */
export function accessFor(
  task: TaskTarget,
  { landingUrl, lakeDir }: { readonly landingUrl: string; readonly lakeDir: string },
): TargetAccess {
  return writesFiles(task) ? localLake(lakeDir) : landingDatabase(landingUrl);
}
