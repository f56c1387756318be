import { previewSchedule } from '#lib/services/schedule/preview-schedule.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { previewScheduleOperation } from '#lib/web/api/operations/schedules.ts';

export const POST = operationRoute(previewScheduleOperation, (ctx, { body }) => previewSchedule({ ctx, input: body }));
