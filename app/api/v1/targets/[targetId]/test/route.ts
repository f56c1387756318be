import { testTarget } from '#lib/services/target/test-target.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { testTargetOperation } from '#lib/web/api/operations/targets.ts';

export const POST = operationRoute(testTargetOperation, (ctx, { params }) => testTarget({ ctx, input: params }));
