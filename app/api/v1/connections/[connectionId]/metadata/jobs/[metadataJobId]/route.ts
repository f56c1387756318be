import { requireJobOf } from '#lib/services/metadata/require-part.ts';
import { cancelMetadataJob } from '#lib/services/metadata-job/cancel-metadata-job.ts';
import { getMetadataJob } from '#lib/services/metadata-job/get-metadata-job.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { cancelMetadataJobOperation, getMetadataJobOperation } from '#lib/web/api/operations/metadata.ts';

export const GET = operationRoute(getMetadataJobOperation, async (ctx, { params: { connectionId, metadataJobId } }) => {
  await requireJobOf(ctx, connectionId, metadataJobId);
  return getMetadataJob({ ctx, input: { metadataJobId } });
});

export const DELETE = operationRoute(cancelMetadataJobOperation, async (ctx, { params: { connectionId, metadataJobId } }) => {
  await requireJobOf(ctx, connectionId, metadataJobId);
  return cancelMetadataJob({ ctx, input: { metadataJobId } });
});
