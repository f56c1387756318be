import { z } from 'zod';
import type { Problem } from '#lib/domain/problem.ts';
import type { UpdateMethod } from '#lib/domain/task/update-method.ts';
import type { ActorRef } from '../account/actor.ts';
import type { Wait } from './wait.ts';

/** States of a run. `done` may still hold datasets that failed: then it is `partial`. */
export const RunState = z.enum(['queued', 'running', 'cancelling', 'done', 'partial', 'failed', 'cancelled']);
export type RunState = z.infer<typeof RunState>;

/**
 * `waiting`: until another large dataset has ended. `partial`: published, but for columns that could not be read, parents that could not
 * be seen, or rows that were set aside. `incomplete`: not proven whole, so nothing was deleted.
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

/** The state after `event`, which ends no run that a worker has (see run-end.ts); null when it has no meaning in `state`. */
export function nextRunState(state: RunState, event: RunEvent): RunState | null {
  return TRANSITIONS[state][event];
}

const NONE = { claim: null, cancel: null } as const;
const TRANSITIONS = {
  queued: { claim: 'running', cancel: 'cancelled' },
  // A worker that died leaves its run `running`; whoever gets the job next claims it again.
  running: { claim: 'running', cancel: 'cancelling' },
  cancelling: { claim: 'cancelling', cancel: 'cancelling' },
  done: NONE,
  partial: NONE,
  failed: NONE,
  cancelled: NONE,
} as const satisfies Record<RunState, Record<RunEvent, RunState | null>>;

/** Parents of a relationship whose rows are read one parent after the other. */
export interface ParentCounts {
  /** Parents whose rows were read, or could not be. */
  readonly read: number;
  /** `$count` of the parents; null where Graph has none, or as long as it is not known. */
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
  /** Time spent waiting because Graph throttled, milliseconds. */
  readonly throttledMs: number;
  readonly bytes: number;
  /** Of a relationship only. */
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

/** A selected column that could not be read in a run: its landed values stay, and it takes no part in the comparison. */
export const UnreadColumn = z.object({
  name: z.string(),
  /** One or two sentences: what Graph answered, and what the column needs. */
  reason: z.string(),
  /** When the first of the consecutive runs that could not read it ended; ISO 8601 UTC. */
  since: z.string(),
});
export type UnreadColumn = z.infer<typeof UnreadColumn>;

/** A parent whose rows could not be proven complete: what is landed of them stays. */
export const UnprovenParent = z.object({
  /** Value of the dataset's parent column. */
  id: z.string(),
  reason: z.string(),
});
export type UnprovenParent = z.infer<typeof UnprovenParent>;

/** The parents that could not be proven; `parents` names some, `count` is how many there are. */
export const UnprovenParents = z.object({ count: z.number().int().nonnegative(), parents: z.array(UnprovenParent).readonly() });
export type UnprovenParents = z.infer<typeof UnprovenParents>;

export const NONE_UNPROVEN: UnprovenParents = { count: 0, parents: [] };

/** A row that could not be taken and was set aside; named by what of its key can be read. */
export const RejectedRow = z.object({
  /** Values of its key columns, apart by ` / `; empty where none can be read. */
  key: z.string(),
  /** Column that cannot be taken; null where it is the row as a whole. */
  column: z.string().nullable(),
  reason: z.string(),
});
export type RejectedRow = z.infer<typeof RejectedRow>;

/** The rows that were set aside; `rows` names some, `count` is how many there are. */
export const RejectedRows = z.object({ count: z.number().int().nonnegative(), rows: z.array(RejectedRow).readonly() });
export type RejectedRows = z.infer<typeof RejectedRows>;

export const NONE_REJECTED: RejectedRows = { count: 0, rows: [] };

export interface DatasetRunDto {
  readonly id: string;
  readonly datasetId: string;
  readonly datasetName: string;
  readonly title: string;
  readonly state: DatasetRunState;
  readonly counts: DatasetCounts;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly problem: Problem | null;
  /** Things worth knowing that didn't stop it, e.g. "column signInActivity was left out: needs AuditLog.Read.All". */
  readonly notes: readonly string[];
  /** Only what changed since the last run was read. */
  readonly incremental: boolean;
  readonly unread: readonly UnreadColumn[];
  readonly unproven: UnprovenParents;
  readonly rejected: RejectedRows;
  /** What it waits for at the moment; null while it does not, and once it ended. */
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

/** What a run's summary adds up of its datasets. */
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

/** What a whole run waits for before it goes on. */
export interface RunWait {
  readonly kind: 'gateway';
  /** Of the gateway or the group. */
  readonly name: string;
  /** ISO 8601 UTC */
  readonly since: string;
  /** When the run ends unless it came; ISO 8601 UTC. */
  readonly until: string | null;
}

export interface RunDto extends RunSummaryDto {
  /** Null while it waits for nothing, and once it ended. */
  readonly wait: RunWait | null;
  readonly connectionId: string;
  readonly connectionName: string;
  readonly targetKind: string;
  readonly namespace: string;
  readonly datasets: readonly DatasetRunDto[];
  readonly problem: Problem | null;
}

/** One row of `<dataset>__ct` as shown on *what changed*. */
export interface ChangeDto {
  readonly operation: 'insert' | 'update' | 'delete';
  readonly changedAt: string;
  readonly runId: string;
  readonly key: string;
  readonly changedColumns: readonly string[];
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}
