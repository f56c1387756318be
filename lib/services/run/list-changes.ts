import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { ChangeDto } from '#lib/domain/run/run.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { findTargetGateway } from '#lib/store/gateway/target-gateway.ts';
import { readDefinition } from '#lib/store/run/runs.ts';
import { targetOf } from '#lib/store/run/tasks.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireTargetAccess } from '../target/require-target-access.ts';
import { requireRun } from './require-run.ts';

export const ListChangesInput = z.object({
  runId: idSchema('run'),
  datasetId: idSchema('ds'),
  operation: z.enum(['insert', 'update', 'delete']).optional(),
  limit: z.number().int().min(1).max(1000).default(200),
});
export type ListChangesInput = z.input<typeof ListChangesInput>;

/** Rows that a run inserted, updated and deleted in one dataset. */
export async function listChanges({
  ctx,
  input,
}: Call<ListChangesInput>): Promise<{ changes: readonly ChangeDto[]; total: number; loaded?: number }> {
  requireRole(ctx, 'viewer');
  const { runId, datasetId, operation, limit } = ListChangesInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { runId });
  const run = await requireRun(ctx, runId);
  const dataset = run.datasets.find((row) => row.datasetId === datasetId);
  if (dataset === undefined) throw new NotFoundError('dataset');
  const target = targetOf(run);
  const definition = await readDefinition(ctx.db, dataset.id);
  const access = await requireTargetAccess(ctx, target.targetId);
  const from = await findTargetGateway(ctx.db, target.targetId);
  const filter = { runId, operation: operation ?? null, limit };
  return ctx.targets(from).readChanges({ access, wanted: { task: target, dataset: definition, filter } });
}
