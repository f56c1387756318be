import { createTarget } from '#lib/services/target/create-target.ts';
import { listTargets } from '#lib/services/target/list-targets.ts';
import { operate } from '#lib/web/api/operation.ts';
import { createTargetOperation, listTargetsOperation } from '#lib/web/api/operations/targets.ts';

export const GET = operate(listTargetsOperation, async (ctx) => ({ targets: await listTargets({ ctx, input: {} }) }));

export const POST = operate(createTargetOperation, (ctx, { body }) => createTarget({ ctx, input: body }));
