import { previewSchedule } from '#lib/services/schedule/preview-schedule.ts';
import { operate } from '#lib/web/api/operation.ts';
import { previewScheduleOperation } from '#lib/web/api/operations/schedules.ts';

export const POST = operate(previewScheduleOperation, (ctx, { body }) => previewSchedule({ ctx, input: body }));
