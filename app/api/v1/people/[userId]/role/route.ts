import { changeRole } from '#lib/services/user/change-role.ts';
import { operate } from '#lib/web/api/operation.ts';
import { changeRoleOperation } from '#lib/web/api/operations/people.ts';

export const POST = operate(changeRoleOperation, (ctx, { params, body }) => changeRole({ ctx, input: { ...params, ...body } }));
