import { duplicateTask } from '#lib/services/task/duplicate-task.ts';
import { withEtag } from '#lib/web/api/etag.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { duplicateTaskOperation } from '#lib/web/api/operations/tasks.ts';

export const POST = operationRoute(duplicateTaskOperation, async (ctx, { params, body }) => {
  const task = await duplicateTask({ ctx, input: { ...params, ...body } });
  return withEtag(task, { status: 201, headers: { location: `/api/v1/tasks/${task.id}` } });
});
