import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { TaskSummaryDto } from '#lib/domain/task/task.ts';
import { listTaskSummaries } from '#lib/store/run/tasks.ts';
import { listScheduleRows } from '#lib/store/schedule/schedules.ts';
import { closedConnections, requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { toScheduleSummary } from '../schedule/schedule-dto.ts';

export const ListTasksInput = z.object({ connectionId: idSchema('conn').optional() });
export type ListTasksInput = z.input<typeof ListTasksInput>;

/** Tasks sorted by name, each with its last run. */
export async function listTasks({ ctx, input }: Call<ListTasksInput>): Promise<TaskSummaryDto[]> {
  requireRole(ctx, 'viewer');
  const { connectionId } = ListTasksInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { connectionId });
  const closed = await closedConnections(ctx);
  const all = await listTaskSummaries(ctx.db, connectionId ?? null);
  const tasks = all.filter((task) => !closed.includes(task.connectionId));
  const rows = await listScheduleRows(
    ctx.db,
    tasks.map(({ id }) => id),
  );
  const schedules = new Map(rows.map((row) => [row.taskId, toScheduleSummary(row, closed)]));
  return tasks.map((task) => ({ ...task, schedule: schedules.get(task.id) ?? null }));
}
