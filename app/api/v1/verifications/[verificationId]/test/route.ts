import { testVerification } from '#lib/services/verification/test-verification.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { testVerificationOperation } from '#lib/web/api/operations/verifications.ts';

export const POST = operationRoute(testVerificationOperation, (ctx, { params }) => testVerification({ ctx, input: params }));
