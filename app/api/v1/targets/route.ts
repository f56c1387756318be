import { createTarget } from '#lib/services/target/create-target.ts';
import { listTargets } from '#lib/services/target/list-targets.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { createTargetOperation, listTargetsOperation } from '#lib/web/api/operations/targets.ts';
import { byName, pageOf } from '#lib/web/api/page.ts';

export const GET = operationRoute(listTargetsOperation, async (ctx, { query }) =>
  pageOf(await listTargets({ ctx, input: {} }), query, byName),
);

export const POST = operationRoute(createTargetOperation, (ctx, { body }) => createTarget({ ctx, input: body }));
