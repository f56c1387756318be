import { planTask } from '#lib/services/task/plan-task.ts';
import { operate } from '#lib/web/api/operation.ts';
import { planTaskOperation } from '#lib/web/api/operations/runs.ts';

export const POST = operate(planTaskOperation, (ctx, { params }) => planTask({ ctx, input: params }));
