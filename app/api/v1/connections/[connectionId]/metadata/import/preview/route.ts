import { previewImport } from '#lib/services/metadata-file/import-metadata.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { previewImportOperation } from '#lib/web/api/operations/metadata.ts';

export const POST = operationRoute(previewImportOperation, (ctx, { params, body }) =>
  previewImport({ ctx, input: { ...params, text: body } }),
);
