import { planTask } from '#lib/services/task/plan-task.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { planTaskOperation } from '#lib/web/api/operations/runs.ts';

export const POST = operationRoute(planTaskOperation, (ctx, { params }) => planTask({ ctx, input: params }));
