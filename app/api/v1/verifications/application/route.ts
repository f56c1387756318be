import { verifyApplication } from '#lib/services/verification/verify-application.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { verifyApplicationOperation } from '#lib/web/api/operations/verifications.ts';

export const POST = operationRoute(verifyApplicationOperation, (ctx, { body }) => verifyApplication({ ctx, input: body }));
