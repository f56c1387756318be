import { getCertificate } from '#lib/services/credential/get-certificate.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getCertificateOperation } from '#lib/web/api/operations/verifications.ts';

export const GET = operationRoute(getCertificateOperation, (ctx, { params }) => getCertificate({ ctx, input: params }));
