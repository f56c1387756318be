import { getSchedulesPause, pauseSchedules } from '#lib/services/schedule/pause-schedules.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getSchedulesPauseOperation, pauseSchedulesOperation } from '#lib/web/api/operations/schedules.ts';

export const GET = operationRoute(getSchedulesPauseOperation, async (ctx) => ({
  pause: await getSchedulesPause({ ctx, input: {} }),
}));

export const POST = operationRoute(pauseSchedulesOperation, (ctx, { body }) => pauseSchedules({ ctx, input: body }));
