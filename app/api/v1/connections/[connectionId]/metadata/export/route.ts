import { exportMetadata } from '#lib/services/metadata-file/export-metadata.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { exportMetadataOperation } from '#lib/web/api/operations/metadata.ts';

export const GET = operationRoute(exportMetadataOperation, async (ctx, { params, query }) => {
  const { fileName, mediaType, text } = await exportMetadata({ ctx, input: { ...params, ...query } });
  return new Response(text, {
    headers: {
      'content-type': `${mediaType}; charset=utf-8`,
      'content-disposition': `attachment; filename="${fileName}"`,
      'cache-control': 'no-store',
    },
  });
});
