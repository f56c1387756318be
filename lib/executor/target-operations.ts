import { z } from 'zod';
import { ColumnType, DatasetDefinition, type RowsDto } from '#lib/domain/dataset/dataset.ts';
import type { TargetTest } from '#lib/domain/target/target.ts';
import { TaskTarget } from '#lib/domain/task/task.ts';
import type { ChangesPage } from '#lib/targets/target.ts';
import { TargetAccessSchema } from './target-access.ts';

/*
 * Operations on targets for the web and the commands, as data: like the operations at the source (source-operations.ts), each has a schema of its
 * input and output, so that a gateway in the target's network can execute them.
 */

const Test = z.object({
  passed: z.boolean(),
  checks: z
    .array(
      z.object({
        name: z.string(),
        title: z.string(),
        passed: z.boolean(),
        detail: z.string().nullable(),
        remedy: z.string().nullable(),
      }),
    )
    .readonly(),
}) satisfies z.ZodType<TargetTest>;

const Rows = z.object({
  columns: z.array(z.object({ name: z.string(), type: ColumnType })).readonly(),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).readonly()).readonly(),
  total: z.number().nullable(),
}) satisfies z.ZodType<RowsDto>;

const Row = z.record(z.string(), z.unknown()).readonly().nullable();
const Operation = z.enum(['insert', 'update', 'delete']);
const Changes = z.object({
  changes: z
    .array(
      z.object({
        operation: Operation,
        changedAt: z.string(),
        runId: z.string(),
        key: z.string(),
        changedColumns: z.array(z.string()).readonly(),
        before: Row,
        after: Row,
      }),
    )
    .readonly(),
  total: z.number(),
}) satisfies z.ZodType<ChangesPage>;

const access = TargetAccessSchema;
const table = z.object({ task: TaskTarget, dataset: DatasetDefinition });
const count = z.number().int().nonnegative();
const names = z.array(z.string()).readonly();

export const TARGET_OPERATIONS = {
  /** Tries what a reload will do. A refusal is a failed check, not an error. */
  test: { input: z.object({ access }), output: Test },
  /** Landed rows in key order; of a lake those of the version that `latest` points at. */
  readRows: {
    input: z.object({ access, wanted: table.extend({ page: z.object({ offset: count, limit: count }) }) }),
    output: Rows,
  },
  /** Rows that a run changed; none for a target that keeps no changes. */
  readChanges: {
    input: z.object({
      access,
      wanted: table.extend({ filter: z.object({ runId: z.string(), operation: Operation.nullable(), limit: count }) }),
    }),
    output: Changes,
  },
  /** Drops tables with their additional tables, if Entrada created them; returns their names. */
  drop: {
    input: z.object({ access, wanted: z.object({ task: TaskTarget, tables: names }) }),
    output: z.object({ tables: names }),
  },
  /** Makes the tables that are missing, where the target can; answers their names. */
  prepare: {
    input: z.object({ access, wanted: z.object({ task: TaskTarget, datasets: z.array(DatasetDefinition).readonly() }) }),
    output: z.object({ tables: names }),
  },
} as const satisfies Record<string, { readonly input: z.ZodType; readonly output: z.ZodType }>;

type Operations = typeof TARGET_OPERATIONS;
export type TargetInput<K extends keyof Operations> = z.infer<Operations[K]['input']>;
type TargetOutput<K extends keyof Operations> = z.infer<Operations[K]['output']>;

/** What the web and the commands do with a target. Errors are AppErrors. */
export type TargetOperations = {
  readonly [K in keyof Operations]: (input: TargetInput<K>) => Promise<TargetOutput<K>>;
};
