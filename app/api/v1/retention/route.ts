import { getRetention, setRetention } from '#lib/services/retention/retention.ts';
import { operate } from '#lib/web/api/operation.ts';
import { getRetentionOperation, setRetentionOperation } from '#lib/web/api/operations/retention.ts';

export const GET = operate(getRetentionOperation, (ctx) => getRetention({ ctx, input: {} }));

export const PATCH = operate(setRetentionOperation, (ctx, { body }) => setRetention({ ctx, input: body }));
