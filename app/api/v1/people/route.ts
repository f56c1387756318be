import { inviteUser } from '#lib/services/user/invite-user.ts';
import { listUsers } from '#lib/services/user/list-users.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { invitePersonOperation, listPeopleOperation } from '#lib/web/api/operations/people.ts';
import { pageOf } from '#lib/web/api/page.ts';

export const GET = operationRoute(listPeopleOperation, async (ctx, { query }) =>
  pageOf(await listUsers({ ctx, input: {} }), query, ({ email, id }) => [email, id]),
);

export const POST = operationRoute(invitePersonOperation, (ctx, { body }) => inviteUser({ ctx, input: body }));
