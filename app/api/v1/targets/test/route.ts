import { testNewTarget } from '#lib/services/target/test-target.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { testNewTargetOperation } from '#lib/web/api/operations/targets.ts';

export const POST = operationRoute(testNewTargetOperation, (ctx, { body }) => testNewTarget({ ctx, input: body }));
