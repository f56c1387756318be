import 'server-only';
import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { QUOTA_CLASSES } from '#lib/domain/run/graph-quota.ts';
import type { ReadPlan } from '#lib/domain/run/read-plan.ts';
import { RunState } from '#lib/domain/run/run.ts';
import type { RunSeriesDto } from '#lib/domain/run/run-series.ts';
import type { TaskSeriesDto } from '#lib/domain/run/task-series.ts';

const Count = z.number().int();
const Moment = z.iso.datetime();
const BoundBy = z.enum(['quota', 'latency', 'rows']);

const Alternative = z.object({
  dataset: z.string().nullable().describe('The dataset to read instead; null: the same dataset without `column`.'),
  column: z.string().nullable(),
  has: z.string(),
  needs: z.string().nullable(),
  pageSize: Count.nullable(),
  requests: Count.nullable(),
});

const Quota = {
  quotaClass: z.enum(QUOTA_CLASSES),
  units: Count,
  capacity: z.number().describe('Units allowed in `windowSeconds`.'),
  windowSeconds: z.number(),
  learned: z.boolean().describe('True: the rate was learned from answers of this tenant. False: it is the documented rate.'),
  seconds: z.number(),
};

export const ReadPlanSchema = z.object({
  tenantSize: z.enum(['S', 'M', 'L']),
  users: Count.nullable(),
  latencyMs: z.number(),
  datasets: z
    .array(
      z.object({
        name: z.string(),
        title: z.string(),
        pattern: z.enum(['one-request', 'pages', 'parts', 'batches']),
        rows: Count.nullable(),
        parents: Count.nullable(),
        pageSize: Count.nullable(),
        select: z.array(z.string()).nullable(),
        splitBy: z.string().nullable(),
        chains: Count,
        requests: Count.nullable(),
        quotaClass: z.enum(QUOTA_CLASSES),
        units: Count.nullable(),
        seconds: z.number().nullable(),
        boundBy: BoundBy,
        alternative: Alternative.nullable(),
        notes: z.array(z.string()),
      }),
    )
    .describe('Longest duration first, unknown durations last.'),
  dominant: z
    .object({
      ...Quota,
      datasets: z.array(z.string()),
      boundBy: BoundBy,
      alternative: Alternative.nullable(),
      sentence: z.string(),
    })
    .nullable()
    .describe('The read that takes most of the time; null when no read does, or when the reload is short.'),
  quotas: z.array(z.object(Quota)),
  requests: Count,
  seconds: z.number(),
}) satisfies z.ZodType<ReadPlan>;

export const RunSeriesSchema = z.object({
  runId: idSchema('run'),
  startedAt: Moment.nullable(),
  stepSeconds: Count,
  points: z.array(
    z.object({
      atSeconds: Count.describe('Start of the step, seconds after the start of the run.'),
      rows: Count,
      requests: Count,
      refused: Count.describe('Answers 429.'),
    }),
  ),
}) satisfies z.ZodType<RunSeriesDto>;

export const TaskRunPointSchema = z.object({
  runId: idSchema('run'),
  state: RunState,
  queuedAt: Moment,
  seconds: z.number().nullable(),
  rowsRead: Count,
  inserted: Count,
  updated: Count,
  deleted: Count,
  requests: Count,
});

export const TaskSeriesSchema = z.object({
  taskId: idSchema('task'),
  runs: z.array(TaskRunPointSchema).describe('The oldest first.'),
}) satisfies z.ZodType<TaskSeriesDto>;
