import { getMetadataJob } from '#lib/services/metadata/get-metadata-job.ts';
import { watchMetadataJob } from '#lib/services/metadata/watch-metadata-job.ts';
import { defineRoute } from '#lib/web/route.ts';
import { sseResponse } from '#lib/web/sse.ts';

export const GET = defineRoute<{ metadataJobId: string }>(async (ctx, request, { metadataJobId }) => {
  const first = await getMetadataJob({ ctx, input: { metadataJobId } });
  return sseResponse(request, async function* (signal) {
    for await (const job of watchMetadataJob({ ctx, first, signal })) yield { event: 'job', data: job };
  });
});
