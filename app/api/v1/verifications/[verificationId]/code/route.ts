import { verifyCode } from '#lib/services/verification/verify-code.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { verifyCodeOperation } from '#lib/web/api/operations/verifications.ts';

export const POST = operationRoute(verifyCodeOperation, (ctx, { params, body }) =>
  verifyCode({ ctx, input: { ...params, ...body } }),
);
