import { testVerification } from '#lib/services/verification/test-verification.ts';
import { operate } from '#lib/web/api/operation.ts';
import { testVerificationOperation } from '#lib/web/api/operations/verifications.ts';

export const POST = operate(testVerificationOperation, (ctx, { params }) => testVerification({ ctx, input: params }));
