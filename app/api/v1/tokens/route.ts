import { createApiToken } from '#lib/services/token/create-api-token.ts';
import { listApiTokens } from '#lib/services/token/list-api-tokens.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { createTokenOperation, listTokensOperation } from '#lib/web/api/operations/people.ts';
import { newestFirst, pageOf } from '#lib/web/api/page.ts';

/** Newest first: sorted by the inverted time. */
export const GET = operationRoute(listTokensOperation, async (ctx, { query }) =>
  pageOf(await listApiTokens({ ctx, input: {} }), query, ({ createdAt, id }) => [newestFirst(createdAt), id]),
);

export const POST = operationRoute(createTokenOperation, (ctx, { body }) => createApiToken({ ctx, input: body }));
