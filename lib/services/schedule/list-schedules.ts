import type { ScheduleDto } from '#lib/domain/schedule/schedule.ts';
import { listScheduleRows } from '#lib/store/schedule/schedules.ts';
import { closedConnections } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { readScheduleDto } from './schedule-dto.ts';

/** Sorted by the names of their tasks. */
export async function listSchedules({ ctx }: Call<unknown>): Promise<ScheduleDto[]> {
  requireRole(ctx, 'viewer');
  const rows = await listScheduleRows(ctx.db, null);
  const closed = await closedConnections(ctx);
  const open = rows.filter(({ task }) => !closed.includes(task.connectionId));
  return Promise.all(open.map((row) => readScheduleDto(ctx, row, closed)));
}
