import { prepareTask } from '#lib/services/task/prepare-task.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { prepareTaskOperation } from '#lib/web/api/operations/tasks.ts';

export const POST = operationRoute(prepareTaskOperation, (ctx, { params }) => prepareTask({ ctx, input: params }));
