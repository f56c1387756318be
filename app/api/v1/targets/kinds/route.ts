import { listTargetKinds } from '#lib/services/target/list-target-kinds.ts';
import { operate } from '#lib/web/api/operation.ts';
import { listTargetKindsOperation } from '#lib/web/api/operations/targets.ts';

export const GET = operate(listTargetKindsOperation, async (ctx) => ({ kinds: await listTargetKinds({ ctx, input: {} }) }));
