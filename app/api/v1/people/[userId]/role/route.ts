import { changeRole } from '#lib/services/user/change-role.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { changeRoleOperation } from '#lib/web/api/operations/people.ts';

export const POST = operationRoute(changeRoleOperation, (ctx, { params, body }) =>
  changeRole({ ctx, input: { ...params, ...body } }),
);
