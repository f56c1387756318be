import 'server-only';
import { z } from 'zod';
import { EntraRoleRule } from '#lib/domain/account/entra-role-rule.ts';
import { idSchema } from '#lib/domain/id.ts';
import { CreateApiTokenInput } from '#lib/services/token/create-api-token.ts';
import { ChangeRoleInput } from '#lib/services/user/change-role.ts';
import { InviteUserInput } from '#lib/services/user/invite-user.ts';
import { SetDisabledInput } from '#lib/services/user/set-disabled.ts';
import { ApiTokenSchema, UserSchema } from '../connection-schemas.ts';
import { describeOperation } from '../operation.ts';
import { PageQuery, pageSchema } from '../page.ts';

const OfPerson = z.object({ userId: idSchema('user') });
const FRESH = 'A signed-in browser needs a sign-in of the last minutes; an API token the scope admin, and all connections.';

export const listPeopleOperation = describeOperation({
  id: 'listPeople',
  method: 'GET',
  path: '/api/v1/people',
  tag: 'People',
  summary: 'List the people',
  role: 'admin',
  query: PageQuery,
  response: { status: 200, description: 'People by e-mail address.', schema: pageSchema(UserSchema) },
});

export const listTokensOperation = describeOperation({
  id: 'listTokens',
  method: 'GET',
  path: '/api/v1/tokens',
  tag: 'API tokens',
  summary: 'List API tokens',
  role: 'viewer',
  query: PageQuery,
  response: {
    status: 200,
    description: 'Your own, the newest first; for administrators of everybody.',
    schema: pageSchema(ApiTokenSchema),
  },
});

export const getEntraRolesOperation = describeOperation({
  id: 'getEntraRoles',
  method: 'GET',
  path: '/api/v1/people/entra-roles',
  tag: 'People',
  summary: 'Get the rules that give roles by app role or group',
  description:
    'They count at each sign-in with Microsoft. They are changed on the page Settings, People, since that needs a fresh sign-in.',
  role: 'admin',
  response: { status: 200, description: 'The rules.', schema: z.object({ rules: z.array(EntraRoleRule) }) },
});

export const invitePersonOperation = describeOperation({
  id: 'invitePerson',
  method: 'POST',
  path: '/api/v1/people',
  tag: 'People',
  summary: 'Invite a person',
  description: `The answer holds the link by which the person sets a password, once. ${FRESH}`,
  role: 'admin',
  body: InviteUserInput,
  response: {
    status: 201,
    description: 'The person and the link.',
    schema: z.object({ user: UserSchema, link: z.object({ url: z.string(), expiresAt: z.iso.datetime() }) }),
  },
});

export const changeRoleOperation = describeOperation({
  id: 'changeRole',
  method: 'POST',
  path: '/api/v1/people/{userId}/role',
  tag: 'People',
  summary: 'Change the role of a person',
  description: `From the next request of the person on. ${FRESH}`,
  role: 'admin',
  params: OfPerson,
  body: ChangeRoleInput.omit({ userId: true }),
  response: { status: 200, description: 'The person.', schema: UserSchema },
});

export const setPersonDisabledOperation = describeOperation({
  id: 'setPersonDisabled',
  method: 'POST',
  path: '/api/v1/people/{userId}/disabled',
  tag: 'People',
  summary: 'Deactivate or activate a person',
  description: `Sessions and API tokens of a deactivated person end at once. ${FRESH}`,
  role: 'admin',
  params: OfPerson,
  body: SetDisabledInput.omit({ userId: true }),
  response: { status: 200, description: 'The person.', schema: UserSchema },
});

export const createTokenOperation = describeOperation({
  id: 'createToken',
  method: 'POST',
  path: '/api/v1/tokens',
  tag: 'API tokens',
  summary: 'Create an API token of your own',
  description: `The answer holds the token, once. A token makes none that may do more or lives longer than itself. ${FRESH}`,
  role: 'viewer',
  body: CreateApiTokenInput,
  response: { status: 201, description: 'The token.', schema: ApiTokenSchema.extend({ token: z.string() }) },
});

export const revokeTokenOperation = describeOperation({
  id: 'revokeToken',
  method: 'DELETE',
  path: '/api/v1/tokens/{tokenId}',
  tag: 'API tokens',
  summary: 'Revoke an API token',
  description: `One of your own; administrators those of everybody. ${FRESH}`,
  role: 'viewer',
  params: z.object({ tokenId: idSchema('tok') }),
  response: { status: 200, description: 'It is refused from now on.', schema: z.object({ revoked: z.literal(true) }) },
});
