import 'server-only';
import { z } from 'zod';
import { EntraRoleRule } from '#lib/domain/account/entra-role-rule.ts';
import { ApiTokenSchema, UserSchema } from '../connection-schemas.ts';
import { describeOperation } from '../operation.ts';
import { PageQuery, pageSchema } from '../page.ts';

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
