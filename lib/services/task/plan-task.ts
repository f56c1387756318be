import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { planRead, type ReadPlan } from '#lib/domain/run/read-plan.ts';
import { withSourceConnection } from '#lib/services/credential/with-source-connection.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { grantedOf } from '../dataset/require-dataset.ts';
import { requireRole } from '../require-role.ts';
import { requireTask } from './require-task.ts';
import { listTaskDatasets, readDefinitions } from './task-ddl.ts';

export const PlanTaskInput = z.object({ taskId: idSchema('task') });
export type PlanTaskInput = z.input<typeof PlanTaskInput>;

/**
 * Estimates a full reload that starts now: rows, requests, parts, resource units, and the duration that quota and
 * latency allow. Counts rows at Graph; reads none.
 */
export async function planTask({ ctx, input }: Call<PlanTaskInput>): Promise<ReadPlan> {
  requireRole(ctx, 'editor', 'operates');
  const { taskId } = PlanTaskInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  const task = await requireTask(ctx, taskId);
  const connection = await requireConnection(ctx, task.connectionId);
  const datasets = readDefinitions(await listTaskDatasets(ctx, task), grantedOf(connection));
  const facts = await withSourceConnection(ctx, connection, (at) =>
    ctx.executor(connection).measureDatasets({ connection: at, datasets }),
  );
  return planRead(datasets, facts);
}
