import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { RunState, type RunSummaryDto } from '#lib/domain/run/run.ts';
import { listRunSummaries } from '#lib/store/run/run-summaries.ts';
import { closedConnections, requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';

export const ListRunsInput = z.object({
  taskId: idSchema('task').optional(),
  connectionId: idSchema('conn').optional(),
  state: RunState.optional(),
  /** The last run of the previous page. */
  after: z.object({ queuedAt: z.iso.datetime(), id: idSchema('run') }).optional(),
  limit: z.number().int().min(1).max(1001).default(50),
});
export type ListRunsInput = z.input<typeof ListRunsInput>;

/** Newest first. */
export async function listRuns({ ctx, input }: Call<ListRunsInput>): Promise<RunSummaryDto[]> {
  requireRole(ctx, 'viewer');
  const { taskId, connectionId, state, after, limit } = ListRunsInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { taskId, connectionId });
  return listRunSummaries(ctx.db, {
    taskId: taskId ?? null,
    connectionId: connectionId ?? null,
    state: state ?? null,
    after: after === undefined ? null : { queuedAt: new Date(after.queuedAt), id: after.id },
    closedConnectionIds: await closedConnections(ctx),
    limit,
  });
}
