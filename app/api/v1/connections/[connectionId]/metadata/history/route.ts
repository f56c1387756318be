import { getEditHistory } from '#lib/services/metadata/get-edit-history.ts';
import { undoMetadataEdit } from '#lib/services/metadata/undo-metadata-edit.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getEditHistoryOperation, undoMetadataEditOperation } from '#lib/web/api/operations/metadata.ts';

export const GET = operationRoute(getEditHistoryOperation, (ctx, { params }) => getEditHistory({ ctx, input: params }));

export const POST = operationRoute(undoMetadataEditOperation, (ctx, { params, body }) =>
  undoMetadataEdit({ ctx, input: { ...params, ...body } }),
);
