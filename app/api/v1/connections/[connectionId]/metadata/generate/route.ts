import { startMetadataJob } from '#lib/services/metadata-job/start-metadata-job.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { generateMetadataOperation } from '#lib/web/api/operations/metadata.ts';

export const POST = operationRoute(generateMetadataOperation, (ctx, { params, body }) =>
  startMetadataJob({ ctx, input: { ...params, ...body, kind: 'generate' } }),
);
