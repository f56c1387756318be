import { getEntraRoles } from '#lib/services/user/entra-roles.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getEntraRolesOperation } from '#lib/web/api/operations/people.ts';

export const GET = operationRoute(getEntraRolesOperation, async (ctx) => ({ rules: await getEntraRoles({ ctx, input: {} }) }));
