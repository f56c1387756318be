import { requireJobOf } from '#lib/services/metadata/require-part.ts';
import { getMetadataJob } from '#lib/services/metadata-job/get-metadata-job.ts';
import { watchMetadataJob } from '#lib/services/metadata-job/watch-metadata-job.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { watchMetadataJobOperation } from '#lib/web/api/operations/metadata.ts';
import { sseResponse } from '#lib/web/sse.ts';

export const GET = operationRoute(
  watchMetadataJobOperation,
  async (ctx, { params: { connectionId, metadataJobId }, request }) => {
    await requireJobOf(ctx, connectionId, metadataJobId);
    const first = await getMetadataJob({ ctx, input: { metadataJobId } });
    return sseResponse(request, async function* (signal) {
      for await (const job of watchMetadataJob({ ctx, first, signal })) yield { event: 'job', data: job };
    });
  },
);
