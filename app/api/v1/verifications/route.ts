import { startVerification } from '#lib/services/verification/start-verification.ts';
import { operate } from '#lib/web/api/operation.ts';
import { startVerificationOperation } from '#lib/web/api/operations/verifications.ts';

export const POST = operate(startVerificationOperation, (ctx, { body }) => startVerification({ ctx, input: body }));
