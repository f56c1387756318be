import { setDisabled } from '#lib/services/user/set-disabled.ts';
import { operate } from '#lib/web/api/operation.ts';
import { setPersonDisabledOperation } from '#lib/web/api/operations/people.ts';

export const POST = operate(setPersonDisabledOperation, (ctx, { params, body }) =>
  setDisabled({ ctx, input: { ...params, ...body } }),
);
