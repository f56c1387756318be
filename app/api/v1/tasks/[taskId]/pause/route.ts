import { pauseTask } from '#lib/services/task/pause-task.ts';
import { withEtag } from '#lib/web/api/etag.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { pauseTaskOperation } from '#lib/web/api/operations/tasks.ts';

export const POST = operationRoute(pauseTaskOperation, async (ctx, { params, body }) =>
  withEtag(await pauseTask({ ctx, input: { ...params, ...body } })),
);
