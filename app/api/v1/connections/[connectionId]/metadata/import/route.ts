import { applyImport } from '#lib/services/metadata-file/import-metadata.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { applyImportOperation } from '#lib/web/api/operations/metadata.ts';

export const POST = operationRoute(applyImportOperation, (ctx, { params, query, body }) =>
  applyImport({ ctx, input: { ...params, text: body, basis: query.basis ?? null } }),
);
