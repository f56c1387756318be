import { deleteTask } from '#lib/services/task/delete-task.ts';
import { getTask } from '#lib/services/task/get-task.ts';
import { updateTask } from '#lib/services/task/update-task.ts';
import { ifMatch, orPreconditionFailed, withEtag } from '#lib/web/api/etag.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { deleteTaskOperation, getTaskOperation, updateTaskOperation } from '#lib/web/api/operations/tasks.ts';

export const GET = operationRoute(getTaskOperation, async (ctx, { params }) => withEtag(await getTask({ ctx, input: params })));

export const PATCH = operationRoute(updateTaskOperation, async (ctx, { params, body, request }) => {
  const input = { ...params, ...body, version: ifMatch(request) };
  return withEtag(await orPreconditionFailed(updateTask({ ctx, input })));
});

export const DELETE = operationRoute(deleteTaskOperation, (ctx, { params }) => deleteTask({ ctx, input: params }));
