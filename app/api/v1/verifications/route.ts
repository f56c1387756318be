import { startVerification } from '#lib/services/verification/start-verification.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { startVerificationOperation } from '#lib/web/api/operations/verifications.ts';

export const POST = operationRoute(startVerificationOperation, (ctx, { body }) => startVerification({ ctx, input: body }));
