import { setDisabled } from '#lib/services/user/set-disabled.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { setPersonDisabledOperation } from '#lib/web/api/operations/people.ts';

export const POST = operationRoute(setPersonDisabledOperation, (ctx, { params, body }) =>
  setDisabled({ ctx, input: { ...params, ...body } }),
);
