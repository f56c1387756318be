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
const FRESH = 'A browser needs a sign-in within the last ten minutes. An API token needs the scope admin for all connections.';

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
    description: 'Your own tokens, the newest first; for administrators, the tokens of everybody.',
    schema: pageSchema(ApiTokenSchema),
  },
});

export const getEntraRolesOperation = describeOperation({
  id: 'getEntraRoles',
  method: 'GET',
  path: '/api/v1/people/entra-roles',
  tag: 'People',
  summary: 'Get the rules that give roles by app role or group',
  description: 'They apply at each sign-in with Microsoft. Change them on the page Settings, People.',
  role: 'admin',
  response: { status: 200, description: 'The rules.', schema: z.object({ rules: z.array(EntraRoleRule) }) },
});

export const invitePersonOperation = describeOperation({
  id: 'invitePerson',
  method: 'POST',
  path: '/api/v1/people',
  tag: 'People',
  summary: 'Invite a person',
  description: `Only this answer contains the link with which the person sets a password. ${FRESH}`,
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
  description: `Applies from the next request of the person. ${FRESH}`,
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
  description: `Only this answer contains the token. A token can create only tokens with no more rights and no longer validity than its own. ${FRESH}`,
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
  description: `One of your own tokens; administrators can revoke the tokens of everybody. ${FRESH}`,
  role: 'viewer',
  params: z.object({ tokenId: idSchema('tok') }),
  response: { status: 200, description: 'The token is no longer valid.', schema: z.object({ revoked: z.literal(true) }) },
});
