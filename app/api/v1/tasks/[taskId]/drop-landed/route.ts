import { dropLanded } from '#lib/services/task/drop-landed.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { dropLandedOperation } from '#lib/web/api/operations/tasks.ts';

export const POST = operationRoute(dropLandedOperation, (ctx, { params }) => dropLanded({ ctx, input: params }));
