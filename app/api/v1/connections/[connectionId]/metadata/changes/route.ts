import { decideDifferences } from '#lib/services/metadata/decide-differences.ts';
import { getMetadataChanges } from '#lib/services/metadata/get-metadata-changes.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { decideDifferencesOperation, getMetadataChangesOperation } from '#lib/web/api/operations/metadata.ts';

export const GET = operationRoute(getMetadataChangesOperation, (ctx, { params }) => getMetadataChanges({ ctx, input: params }));

export const POST = operationRoute(decideDifferencesOperation, (ctx, { params, body }) =>
  decideDifferences({ ctx, input: { ...params, ...body } }),
);
