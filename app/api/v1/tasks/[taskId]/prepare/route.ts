import { prepareTask } from '#lib/services/task/prepare-task.ts';
import { operate } from '#lib/web/api/operation.ts';
import { prepareTaskOperation } from '#lib/web/api/operations/tasks.ts';

export const POST = operate(prepareTaskOperation, (ctx, { params }) => prepareTask({ ctx, input: params }));
