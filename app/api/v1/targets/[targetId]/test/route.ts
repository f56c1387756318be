import { testTarget } from '#lib/services/target/test-target.ts';
import { operate } from '#lib/web/api/operation.ts';
import { testTargetOperation } from '#lib/web/api/operations/targets.ts';

export const POST = operate(testTargetOperation, (ctx, { params }) => testTarget({ ctx, input: params }));
