import { z } from 'zod';
import type { RowsDto } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { findTargetGateway } from '#lib/store/gateway/target-gateway.ts';
import { findDataset } from '#lib/store/metadata/datasets.ts';
import { targetOf } from '#lib/store/run/tasks.ts';
import { auditUse } from '../audit-use.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireTargetAccess } from '../target/require-target-access.ts';
import { requireTask } from '../task/require-task.ts';

export const ReadLandedRowsInput = z.object({
  taskId: idSchema('task'),
  datasetId: idSchema('ds'),
  offset: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
});
export type ReadLandedRowsInput = z.input<typeof ReadLandedRowsInput>;

/** Rows of a landed table, or of the latest version in a lake. */
export async function readLandedRows({ ctx, input }: Call<ReadLandedRowsInput>): Promise<RowsDto> {
  requireRole(ctx, 'viewer');
  const { taskId, datasetId, offset, limit } = ReadLandedRowsInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  const task = await requireTask(ctx, taskId);
  const dataset = task.datasets.some((row) => row.dataset.id === datasetId) ? await findDataset(ctx.db, datasetId) : null;
  if (dataset === null) throw new NotFoundError('dataset');
  const target = targetOf(task);
  const access = await requireTargetAccess(ctx, target.targetId);
  const from = await findTargetGateway(ctx.db, target.targetId);
  const detail = { taskId, name: dataset.name, offset };
  return auditUse(ctx, { action: 'landed.read', subjectId: datasetId, detail }, () =>
    ctx.targets(from).readRows({ access, wanted: { task: target, dataset: dataset.definition, page: { offset, limit } } }),
  );
}
