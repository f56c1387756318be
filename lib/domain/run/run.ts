import { z } from 'zod';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { UpdateMethod } from '#lib/domain/task/update-method.ts';
import type { ActorRef } from '../account/actor.ts';
import type { DriftDecision } from './drift.ts';
import type { Wait } from './wait.ts';

/** States of a run. `partial`: ended, with datasets that failed. */
export const RunState = z.enum(['queued', 'running', 'cancelling', 'done', 'partial', 'failed', 'cancelled']);
export type RunState = z.infer<typeof RunState>;

/**
 * `waiting`: until another large dataset has ended, or those with which it is published were read. `partial`: published, except for columns that
 * could not be read, unproven parents, or rejected rows. `incomplete`: not proven complete; no row was deleted that may still exist.
 */
export const DatasetRunState = z.enum([
  'queued',
  'waiting',
  'reading',
  'publishing',
  'done',
  'partial',
  'failed',
  'incomplete',
  'cancelled',
]);
export type DatasetRunState = z.infer<typeof DatasetRunState>;

export const FINAL_RUN_STATES: ReadonlySet<RunState> = new Set(['done', 'partial', 'failed', 'cancelled']);

export const RUN_STATE_LABEL = {
  queued: 'Queued',
  running: 'Running',
  cancelling: 'Cancelling',
  done: 'Done',
  partial: 'Done with problems',
  failed: 'Failed',
  cancelled: 'Cancelled',
} satisfies Record<RunState, string>;

export const DATASET_RUN_STATE_LABEL = {
  queued: 'Queued',
  waiting: 'Waiting',
  reading: 'Reading',
  publishing: 'Publishing',
  done: 'Done',
  partial: 'Done with problems',
  failed: 'Failed',
  incomplete: 'Incomplete',
  cancelled: 'Cancelled',
} satisfies Record<DatasetRunState, string>;

export type RunEvent = 'claim' | 'cancel';

/** The state after `event`, which never ends a run that a worker has claimed (see run-end.ts); null when the event is not valid in `state`. */
export function nextRunState(state: RunState, event: RunEvent): RunState | null {
  return TRANSITIONS[state][event];
}

const NONE = { claim: null, cancel: null } as const;
const TRANSITIONS = {
  queued: { claim: 'running', cancel: 'cancelled' },
  // A worker that died leaves its run `running`; the next worker that gets the job claims it again.
  running: { claim: 'running', cancel: 'cancelling' },
  cancelling: { claim: 'cancelling', cancel: 'cancelling' },
  done: NONE,
  partial: NONE,
  failed: NONE,
  cancelled: NONE,
} as const satisfies Record<RunState, Record<RunEvent, RunState | null>>;

/** Parents of a relationship whose rows are read parent by parent. */
export interface ParentCounts {
  /** Parents that were processed, with or without success. */
  readonly read: number;
  /** `$count` of the parents; null where Graph has none, or while it is unknown. */
  readonly expected: number | null;
}

/** Counters of a dataset run; all cumulative. */
export interface DatasetCounts {
  readonly rowsRead: number;
  /** `$count` before reading; null where Graph has none. */
  readonly rowsExpected: number | null;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly requests: number;
  /** Time spent waiting because of throttling, milliseconds. */
  readonly throttledMs: number;
  readonly bytes: number;
  /** Number of answers with status 429, including those inside batches; absent: none. */
  readonly refused?: number | undefined;
  /** Only for relationships. */
  readonly parents?: ParentCounts | undefined;
}

export const NO_COUNTS: DatasetCounts = {
  rowsRead: 0,
  rowsExpected: null,
  inserted: 0,
  updated: 0,
  deleted: 0,
  unchanged: 0,
  requests: 0,
  throttledMs: 0,
  bytes: 0,
};

/** A selected column that could not be read in a run: its landed values stay, and it is not compared. */
export const UnreadColumn = z.object({
  name: z.string(),
  /** One or two sentences: Graph's answer, and what the column needs. */
  reason: z.string(),
  /** End of the first of the consecutive runs that could not read it; ISO 8601 UTC. */
  since: z.string(),
});
export type UnreadColumn = z.infer<typeof UnreadColumn>;

/** A parent whose rows could not be proven complete: its landed rows stay. */
export const UnprovenParent = z.object({
  /** Value of the dataset's parent column. */
  id: z.string(),
  reason: z.string(),
});
export type UnprovenParent = z.infer<typeof UnprovenParent>;

/** Unproven parents; `parents` lists some, `count` is the number of all. */
export const UnprovenParents = z.object({ count: z.number().int().nonnegative(), parents: z.array(UnprovenParent).readonly() });
export type UnprovenParents = z.infer<typeof UnprovenParents>;

export const NONE_UNPROVEN: UnprovenParents = { count: 0, parents: [] };

/** A row that could not be stored and was set aside, identified by the readable part of its key. */
export const RejectedRow = z.object({
  /** Values of its key columns, separated by ` / `; empty when none is readable. */
  key: z.string(),
  /** The column with the invalid value; null when the row as a whole is invalid. */
  column: z.string().nullable(),
  reason: z.string(),
});
export type RejectedRow = z.infer<typeof RejectedRow>;

/** Rejected rows; `rows` lists some, `count` is the number of all. */
export const RejectedRows = z.object({ count: z.number().int().nonnegative(), rows: z.array(RejectedRow).readonly() });
export type RejectedRows = z.infer<typeof RejectedRows>;

export const NONE_REJECTED: RejectedRows = { count: 0, rows: [] };

type DatasetKind = DatasetDefinition['kind'];

export interface DatasetRunDto {
  readonly id: string;
  readonly datasetId: string;
  readonly datasetName: string;
  readonly title: string;
  /** DatasetArea as of the start, e.g. `Users`; empty: not known. */
  readonly area: string;
  readonly kind: DatasetKind;
  readonly state: DatasetRunState;
  readonly counts: DatasetCounts;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly problem: Problem | null;
  /** Facts that did not stop it, e.g. "column signInActivity was left out: needs AuditLog.Read.All". */
  readonly notes: readonly string[];
  /** Whether it read only the changes since the last run. */
  readonly incremental: boolean;
  readonly unread: readonly UnreadColumn[];
  readonly unproven: UnprovenParents;
  readonly rejected: RejectedRows;
  /** Differences between the columns of the dataset and its landed table, and what was done about them. */
  readonly drift: readonly DriftDecision[];
  /** What it waits for now; null when it does not wait or has ended. */
  readonly wait: Wait | null;
}

export interface RunSummaryDto {
  readonly id: string;
  readonly taskId: string;
  readonly taskName: string;
  readonly state: RunState;
  readonly method: UpdateMethod;
  readonly startedBy: ActorRef;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly datasetsTotal: number;
  readonly datasetsDone: number;
  readonly datasetsFailed: number;
  readonly rowsRead: number;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** Counters that a run's summary sums up over its datasets. */
export type RunSums = Pick<
  RunSummaryDto,
  'datasetsTotal' | 'datasetsDone' | 'datasetsFailed' | 'rowsRead' | 'inserted' | 'updated' | 'deleted'
>;

export function runSums(datasets: readonly DatasetRunDto[]): RunSums {
  const sum = (count: 'rowsRead' | 'inserted' | 'updated' | 'deleted') =>
    datasets.reduce((total, dataset) => total + dataset.counts[count], 0);
  const inState = (...states: readonly DatasetRunState[]) => datasets.filter(({ state }) => states.includes(state)).length;
  return {
    datasetsTotal: datasets.length,
    datasetsDone: inState('done', 'partial'),
    datasetsFailed: inState('failed', 'incomplete'),
    rowsRead: sum('rowsRead'),
    inserted: sum('inserted'),
    updated: sum('updated'),
    deleted: sum('deleted'),
  };
}

/** What a whole run waits for before it continues. */
export interface RunWait {
  readonly kind: 'gateway';
  /** Name of the gateway or the group. */
  readonly name: string;
  /** ISO 8601 UTC */
  readonly since: string;
  /** When the run fails unless the wait ended; null: no limit. ISO 8601 UTC. */
  readonly until: string | null;
}

export interface RunDto extends RunSummaryDto {
  /** Null when it waits for nothing or has ended. */
  readonly wait: RunWait | null;
  readonly connectionId: string;
  readonly connectionName: string;
  readonly targetKind: string;
  readonly namespace: string;
  readonly datasets: readonly DatasetRunDto[];
  readonly problem: Problem | null;
}

/** One row of `<dataset>__ct` on the page *What changed*. */
export interface ChangeDto {
  readonly operation: 'insert' | 'update' | 'delete';
  readonly changedAt: string;
  readonly runId: string;
  readonly key: string;
  readonly changedColumns: readonly string[];
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}
