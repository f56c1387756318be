import 'server-only';
import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { type TaskDto, type TaskSummaryDto, TaskTarget } from '#lib/domain/task/task.ts';
import type { TaskPreparation, TaskValidation } from '#lib/domain/task/task-validation.ts';
import { UpdateMethod } from '#lib/domain/task/update-method.ts';
import { TaskRunPointSchema } from './plan-schemas.ts';
import { GatewayRefSchema, RunSummarySchema } from './schemas.ts';
import { TargetTestSchema } from './target-schemas.ts';

export const TaskValidationSchema = TargetTestSchema.extend({
  ddl: z.string().nullable().describe('SQL that creates the tables; null when the target creates no tables in advance.'),
}) satisfies z.ZodType<TaskValidation>;

export const TaskPreparationSchema = z.object({
  tables: z.array(z.string()).describe('Missing tables that were created.'),
  ddl: z.string().nullable().describe('SQL of all tables of the task; null when the target creates no tables in advance.'),
}) satisfies z.ZodType<TaskPreparation>;

const Moment = z.iso.datetime();

export const TaskSummarySchema = z.object({
  id: idSchema('task'),
  name: z.string(),
  connectionId: idSchema('conn'),
  connectionName: z.string(),
  targetName: z.string(),
  targetKind: z.string(),
  method: UpdateMethod,
  namespace: z.string(),
  datasetNames: z.array(z.string()),
  lastRun: RunSummarySchema.nullable(),
  recentRuns: z.array(TaskRunPointSchema).describe('The last ten ended runs, the oldest first.'),
  createdAt: Moment,
  version: z.number().int(),
  pausedAt: Moment.nullable(),
  schedule: z.object({ sentence: z.string(), enabled: z.boolean(), nextAt: Moment.nullable() }).nullable(),
}) satisfies z.ZodType<TaskSummaryDto>;

export const TaskSchema = TaskSummarySchema.extend({
  gateway: GatewayRefSchema.nullable().describe('The data gateway of the connection; null: the server reads it.'),
  gatewayWaitMinutes: z.number().int(),
  target: TaskTarget,
  datasets: z.array(
    z.object({
      id: idSchema('ds'),
      name: z.string(),
      title: z.string(),
      landed: z.boolean().describe('True: a run has published rows of this dataset in the current location.'),
      failed: z.boolean().describe('True: the last run of this dataset failed, or could not prove that it was complete.'),
    }),
  ),
  awaitsDrop: z
    .boolean()
    .describe('True: the tables that an edit with `recreate` replaces are not deleted yet. The task cannot start until then.'),
}) satisfies z.ZodType<TaskDto>;
