import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { planRead, type ReadPlan } from '#lib/domain/run/read-plan.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { withSourceConnection } from '#lib/services/credential/with-source-connection.ts';
import { type ConnectionRow, identityOf } from '#lib/store/connection/connections.ts';
import { type DatasetRow, findDatasets } from '#lib/store/metadata/datasets.ts';
import { findLearnedLimits } from '#lib/store/run/quota-buckets.ts';
import { requireConnection } from '../connection/require-connection.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call, Context } from '../context.ts';
import { grantedOf } from '../dataset/require-dataset.ts';
import { requireRole } from '../require-role.ts';
import { requireTask } from './require-task.ts';
import { listTaskDatasets, readDefinitions } from './task-ddl.ts';

export const PlanTaskInput = z.object({ taskId: idSchema('task') });
export type PlanTaskInput = z.input<typeof PlanTaskInput>;

/**
 * Estimates a full reload that starts now: rows, requests, parts, resource units, and the duration that quota and
 * latency allow, by the rates that were learned from the tenant where there are any. Counts rows at Graph; reads none.
 */
export async function planTask({ ctx, input }: Call<PlanTaskInput>): Promise<ReadPlan> {
  requireRole(ctx, 'editor', 'operates');
  const { taskId } = PlanTaskInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId });
  const task = await requireTask(ctx, taskId);
  const connection = await requireConnection(ctx, task.connectionId);
  return plan(ctx, connection, await listTaskDatasets(ctx, task));
}

export const PlanDatasetsInput = z.object({
  connectionId: idSchema('conn'),
  datasetIds: z.array(idSchema('ds')).min(1, 'Choose at least one dataset.').max(5000),
});
export type PlanDatasetsInput = z.input<typeof PlanDatasetsInput>;

/** The same for datasets of a connection that are not a task yet. @throws NotFoundError for a dataset of another connection */
export async function planDatasets({ ctx, input }: Call<PlanDatasetsInput>): Promise<ReadPlan> {
  requireRole(ctx, 'editor', 'operates');
  const { connectionId, datasetIds } = PlanDatasetsInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  const connection = await requireConnection(ctx, connectionId);
  const rows = new Map((await findDatasets(ctx.db, datasetIds)).map((row) => [row.id, row]));
  const chosen = [...new Set(datasetIds)].map((id) => {
    const row = rows.get(id);
    if (row === undefined || row.removed || row.connectionId !== connectionId) throw new NotFoundError('dataset');
    return row;
  });
  return plan(ctx, connection, chosen);
}

async function plan(ctx: Context, connection: ConnectionRow, rows: readonly DatasetRow[]): Promise<ReadPlan> {
  const datasets = readDefinitions(rows, grantedOf(connection));
  const facts = await withSourceConnection(ctx, connection, (at) =>
    ctx.executor(connection).measureDatasets({ connection: at, datasets }),
  );
  const { clientId, graphBaseUrl } = connection;
  const scope = { graphOrigin: new URL(graphBaseUrl).origin, tenantId: identityOf(connection).tenant.id, clientId };
  return planRead(datasets, facts, await findLearnedLimits(ctx.db, scope));
}
