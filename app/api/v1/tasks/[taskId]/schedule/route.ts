import { NotFoundError } from '#lib/platform/errors.ts';
import { deleteSchedule } from '#lib/services/schedule/delete-schedule.ts';
import { getSchedule } from '#lib/services/schedule/get-schedule.ts';
import { saveSchedule } from '#lib/services/schedule/save-schedule.ts';
import { ifMatch, orPreconditionFailed, withEtag } from '#lib/web/api/etag.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { deleteScheduleOperation, getScheduleOperation, saveScheduleOperation } from '#lib/web/api/operations/schedules.ts';

export const GET = operationRoute(getScheduleOperation, async (ctx, { params }) => {
  const schedule = await getSchedule({ ctx, input: params });
  if (schedule === null) throw new NotFoundError('schedule');
  return withEtag(schedule);
});

export const PUT = operationRoute(saveScheduleOperation, async (ctx, { params, body, request }) => {
  const version = request.headers.has('if-match') ? ifMatch(request) : null;
  return withEtag(await orPreconditionFailed(saveSchedule({ ctx, input: { ...params, ...body, version } })));
});

export const DELETE = operationRoute(deleteScheduleOperation, (ctx, { params }) => deleteSchedule({ ctx, input: params }));
