import { deleteTarget } from '#lib/services/target/delete-target.ts';
import { getTarget } from '#lib/services/target/get-target.ts';
import { updateTarget } from '#lib/services/target/update-target.ts';
import { requireContentMatch, withContentEtag } from '#lib/web/api/etag.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { deleteTargetOperation, getTargetOperation, updateTargetOperation } from '#lib/web/api/operations/targets.ts';

export const GET = operationRoute(getTargetOperation, async (ctx, { params }) =>
  withContentEtag(await getTarget({ ctx, input: params })),
);

export const PATCH = operationRoute(updateTargetOperation, async (ctx, { params, body, request }) => {
  requireContentMatch(request, await getTarget({ ctx, input: params }));
  return withContentEtag(await updateTarget({ ctx, input: { ...params, ...body } }));
});

export const DELETE = operationRoute(deleteTargetOperation, async (ctx, { params }) => {
  await deleteTarget({ ctx, input: params });
  return { deleted: true };
});
