import type { DriftDecision } from '#lib/domain/run/drift.ts';
import type { UnreadColumn } from '#lib/domain/run/run.ts';
import type { Mutex } from '#lib/platform/async/mutex.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { DatasetPlan } from './plan.ts';
import type { Reporter, Source } from './ports.ts';
import type { IncrementalOptions } from './reading/change-reading.ts';
import type { GroupedPublish, Published, Sink } from './sink.ts';

/** What a dataset run works with. */
export interface ReloadDeps {
  readonly source: Source;
  readonly sink: Sink;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** Folder of this dataset run's stage. */
  readonly stageDir: string;
  /** Shared by the datasets that this process reloads at the same time: one large one at a time, so that memory does not grow with their number. */
  readonly largeDatasetMutex?: Mutex;
  /** Publishes the dataset with the others of its run, when all were read; missing: the dataset is published by itself. */
  readonly publishWithOthers?: (dataset: GroupedPublish) => Promise<Published>;
  /** Called with errors that are faults of Entrada itself, with their cause. */
  readonly onInternalError?: (error: unknown) => void;
}

/** What a dataset run is to do. */
export interface DatasetRun {
  readonly plan: DatasetPlan;
  readonly runId: string;
  readonly deletesConfirmed: boolean;
  /** Missing: everything is read each time. */
  readonly incremental?: IncrementalOptions;
  /** For an event dataset: identity of the source, and whether a person requested all events that Graph has. Absent: a source without a name. */
  readonly reading?: Pick<IncrementalOptions, 'full' | 'sourceKey'>;
  /** Columns that the last run of the same table could not read: what stays unread stays so since then. */
  readonly unreadBefore?: readonly UnreadColumn[];
  /** Selected columns that are known to be unreadable in this run: they are not requested. */
  readonly unreadAtStart?: readonly Omit<UnreadColumn, 'since'>[];
  /** What was decided of the columns; missing: nothing. */
  readonly drift?: readonly DriftDecision[];
  /** See ReadOptions. */
  readonly readBefore?: ReadonlySet<string>;
}
