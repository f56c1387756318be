import { startMetadataJob } from '#lib/services/metadata-job/start-metadata-job.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { probeOperation } from '#lib/web/api/operations/metadata.ts';

export const POST = operationRoute(probeOperation, (ctx, { params, body }) =>
  startMetadataJob({ ctx, input: { ...params, ...body, kind: 'probe' } }),
);
