import { listUsers } from '#lib/services/user/list-users.ts';
import { operate } from '#lib/web/api/operation.ts';
import { listPeopleOperation } from '#lib/web/api/operations/people.ts';
import { pageOf } from '#lib/web/api/page.ts';

export const GET = operate(listPeopleOperation, async (ctx, { query }) =>
  pageOf(await listUsers({ ctx, input: {} }), query, ({ email, id }) => [email, id]),
);
