import { listTargetKinds } from '#lib/services/target/list-target-kinds.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { listTargetKindsOperation } from '#lib/web/api/operations/targets.ts';
import { pageOf } from '#lib/web/api/page.ts';

export const GET = operationRoute(listTargetKindsOperation, async (ctx, { query }) =>
  pageOf(await listTargetKinds({ ctx, input: {} }), query, ({ kind }) => [kind]),
);
