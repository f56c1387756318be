import { getRetention, setRetention } from '#lib/services/retention/retention.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getRetentionOperation, setRetentionOperation } from '#lib/web/api/operations/retention.ts';

export const GET = operationRoute(getRetentionOperation, (ctx) => getRetention({ ctx, input: {} }));

export const PATCH = operationRoute(setRetentionOperation, (ctx, { body }) => setRetention({ ctx, input: body }));
