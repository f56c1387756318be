import { revokeApiToken } from '#lib/services/token/revoke-api-token.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { revokeTokenOperation } from '#lib/web/api/operations/people.ts';

export const DELETE = operationRoute(revokeTokenOperation, (ctx, { params }) => revokeApiToken({ ctx, input: params }));
