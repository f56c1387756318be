import { previewImport } from '#lib/services/metadata-file/import-metadata.ts';
import { operate } from '#lib/web/api/operation.ts';
import { previewImportOperation } from '#lib/web/api/operations/metadata.ts';

export const POST = operate(previewImportOperation, (ctx, { params, body }) =>
  previewImport({ ctx, input: { ...params, text: body } }),
);
