import { testNewTarget } from '#lib/services/target/test-target.ts';
import { operate } from '#lib/web/api/operation.ts';
import { testNewTargetOperation } from '#lib/web/api/operations/targets.ts';

export const POST = operate(testNewTargetOperation, (ctx, { body }) => testNewTarget({ ctx, input: body }));
