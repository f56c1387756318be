import { z } from 'zod';
import { withoutRefused } from '#lib/domain/access/access.ts';
import { idSchema } from '#lib/domain/id.ts';
import { planRead, type ReadPlan } from '#lib/domain/run/read-plan.ts';
import { withSourceConnection } from '#lib/services/credential/with-source-connection.ts';
import { findDatasets } from '#lib/store/metadata/datasets.ts';
import { requireConnection } from '../connection/require-connection.ts';
import type { Call } from '../context.ts';
import { grantedOf } from '../dataset/require-dataset.ts';
import { requireRole } from '../require-role.ts';
import { requireTask } from './require-task.ts';

export const PlanTaskInput = z.object({ taskId: idSchema('task') });
export type PlanTaskInput = z.input<typeof PlanTaskInput>;

/**
 * What a reload of everything would ask of Graph if it began now: rows, requests, parts, resource units, and the time that quota and
 * latency leave it. Counts the rows; reads none.
 */
export async function planTask({ ctx, input }: Call<PlanTaskInput>): Promise<ReadPlan> {
  requireRole(ctx, 'editor', 'operates');
  const task = await requireTask(ctx, PlanTaskInput.parse(input).taskId);
  const connection = await requireConnection(ctx, task.connectionId);
  const granted = grantedOf(connection);
  const ids = task.datasets.map(({ dataset }) => dataset.id);
  const rows = new Map((await findDatasets(ctx.db, ids)).map((row) => [row.id, row]));
  // As a run would read them: columns that are refused to this token are left out.
  const datasets = ids.flatMap((id) => {
    const row = rows.get(id);
    return row === undefined ? [] : [withoutRefused(row.definition, granted, row.probe)];
  });
  const facts = await withSourceConnection(ctx, connection, (at) =>
    ctx.executor(connection).measureDatasets({ connection: at, datasets }),
  );
  return planRead(datasets, facts);
}
