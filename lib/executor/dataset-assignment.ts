import { z } from 'zod';
import { SourceConnection } from '#lib/domain/account/session.ts';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { ProblemSchema } from '#lib/domain/problem.ts';
import { DriftDecision } from '#lib/domain/run/drift.ts';
import { type DatasetCounts, DatasetRunState, RejectedRows, UnprovenParents, UnreadColumn } from '#lib/domain/run/run.ts';
import { Wait } from '#lib/domain/run/wait.ts';
import { TaskRelations } from '#lib/domain/task/relations.ts';
import { TaskTarget } from '#lib/domain/task/task.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { TargetAccessSchema } from './target-access.ts';

/** The run of one dataset, as a process is given it: plain data, so that a worker and a gateway do the same with it. */
export const DatasetAssignment = z.object({
  runId: z.string(),
  /** Of the run: a worker that lost its job and one that took it up have different ones. */
  attempt: z.number().int(),
  /** Names the stage: the same id resumes what an earlier assignment staged. */
  datasetRunId: z.string(),
  connection: SourceConnection,
  dataset: DatasetDefinition,
  /** Where and how the task writes. */
  task: TaskTarget,
  /** How the tables of the task belong together. */
  relations: TaskRelations,
  /** How that target is reached. */
  target: TargetAccessSchema,
  /** A person agreed to a reload that deletes more than the task's share. */
  deletesConfirmed: z.boolean(),
  /** Everything is read, even where the task reads only what changed. */
  full: z.boolean(),
  /** What the last run of the same table could not read. */
  unreadBefore: z.array(UnreadColumn).readonly(),
  /** Names of the columns that it read; null: there was no run before. */
  readBefore: z.array(z.string()).readonly().nullable(),
  /** Selected columns that are known not to be readable this time. */
  unreadAtStart: z.array(UnreadColumn).readonly(),
});
export type DatasetAssignment = z.infer<typeof DatasetAssignment>;

const Counts = z.object({
  rowsRead: z.number(),
  rowsExpected: z.number().nullable(),
  inserted: z.number(),
  updated: z.number(),
  deleted: z.number(),
  unchanged: z.number(),
  requests: z.number(),
  throttledMs: z.number(),
  bytes: z.number(),
  refused: z.number().optional(),
  parents: z.object({ read: z.number(), expected: z.number().nullable() }).optional(),
}) satisfies z.ZodType<DatasetCounts>;

const Report = z.object({
  state: DatasetRunState.extract(['done', 'partial', 'failed', 'incomplete', 'cancelled']),
  counts: Counts,
  problem: ProblemSchema.nullable(),
  notes: z.array(z.string()).readonly(),
  incremental: z.boolean(),
  unread: z.array(UnreadColumn).readonly(),
  unproven: UnprovenParents,
  rejected: RejectedRows,
  drift: z.array(DriftDecision).readonly().exactOptional(),
}) satisfies z.ZodType<DatasetReport>;

/** What the run of a dataset reports. The last event, and only it, is `ended`. */
export const DatasetEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), state: DatasetRunState, counts: Counts }),
  /** What the dataset waits for; null when it continues. */
  z.object({ kind: z.literal('waiting'), wait: Wait.nullable() }),
  z.object({ kind: z.literal('ended'), report: Report }),
]);
export type DatasetEvent = z.infer<typeof DatasetEvent>;
