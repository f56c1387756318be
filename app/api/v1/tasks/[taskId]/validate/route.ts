import { validateTask } from '#lib/services/task/validate-task.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { validateTaskOperation } from '#lib/web/api/operations/tasks.ts';

export const POST = operationRoute(validateTaskOperation, (ctx, { params }) => validateTask({ ctx, input: params }));
