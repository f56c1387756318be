import { listSchedules } from '#lib/services/schedule/list-schedules.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { listSchedulesOperation } from '#lib/web/api/operations/schedules.ts';

export const GET = operationRoute(listSchedulesOperation, async (ctx) => ({
  schedules: await listSchedules({ ctx, input: {} }),
}));
