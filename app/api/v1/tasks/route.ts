import { createTask } from '#lib/services/task/create-task.ts';
import { listTasks } from '#lib/services/task/list-tasks.ts';
import { withEtag } from '#lib/web/api/etag.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { createTaskOperation, listTasksOperation } from '#lib/web/api/operations/tasks.ts';
import { byName, pageOf } from '#lib/web/api/page.ts';

export const GET = operationRoute(listTasksOperation, async (ctx, { query: { cursor, limit, ...input } }) =>
  pageOf(await listTasks({ ctx, input: input }), { cursor, limit }, byName),
);

export const POST = operationRoute(createTaskOperation, async (ctx, { body }) => {
  const task = await createTask({ ctx, input: body });
  return withEtag(task, { status: 201, headers: { location: `/api/v1/tasks/${task.id}` } });
});
