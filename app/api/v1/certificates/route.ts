import { addCertificate } from '#lib/services/credential/add-certificate.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { addCertificateOperation } from '#lib/web/api/operations/verifications.ts';

export const POST = operationRoute(addCertificateOperation, (ctx, { body }) => addCertificate({ ctx, input: body }));
