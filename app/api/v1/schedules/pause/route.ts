import { getSchedulesPause, pauseSchedules } from '#lib/services/schedule/pause-schedules.ts';
import { operate } from '#lib/web/api/operation.ts';
import { getSchedulesPauseOperation, pauseSchedulesOperation } from '#lib/web/api/operations/schedules.ts';

export const GET = operate(getSchedulesPauseOperation, async (ctx) => ({ pause: await getSchedulesPause({ ctx, input: {} }) }));

export const POST = operate(pauseSchedulesOperation, (ctx, { body }) => pauseSchedules({ ctx, input: body }));
