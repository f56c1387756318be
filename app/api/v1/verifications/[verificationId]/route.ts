import { getVerification } from '#lib/services/verification/get-verification.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getVerificationOperation } from '#lib/web/api/operations/verifications.ts';

export const GET = operationRoute(getVerificationOperation, (ctx, { params }) => getVerification({ ctx, input: params }));
