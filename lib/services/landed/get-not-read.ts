import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { NotRead } from '#lib/domain/run/not-read.ts';
import { NONE_REJECTED, NONE_UNPROVEN } from '#lib/domain/run/run.ts';
import { findLastPublished } from '#lib/store/run/runs.ts';
import { landingPlaceOf } from '#lib/store/run/tasks.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireTask } from '../task/require-task.ts';

export const GetNotReadInput = z.object({ taskId: idSchema('task'), datasetId: idSchema('ds') });
export type GetNotReadInput = z.input<typeof GetNotReadInput>;

/** What could not be read by the run that landed the present rows of a dataset. */
export async function getNotRead({ ctx, input }: Call<GetNotReadInput>): Promise<NotRead> {
  requireRole(ctx, 'viewer');
  const { taskId, datasetId } = GetNotReadInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  const task = await requireTask(ctx, taskId);
  const last = await findLastPublished(ctx.db, { ...landingPlaceOf(task), datasetId });
  return { unread: last?.unread ?? [], unproven: last?.unproven ?? NONE_UNPROVEN, rejected: last?.rejected ?? NONE_REJECTED };
}
