import { verifyApplication } from '#lib/services/verification/verify-application.ts';
import { operate } from '#lib/web/api/operation.ts';
import { verifyApplicationOperation } from '#lib/web/api/operations/verifications.ts';

export const POST = operate(verifyApplicationOperation, (ctx, { body }) => verifyApplication({ ctx, input: body }));
