import { OPERATIONS } from '#lib/web/api/all-operations.ts';
import { buildOpenApi } from '#lib/web/api/openapi.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getOpenApiOperation } from '#lib/web/api/operations/openapi.ts';

export const GET = operationRoute(getOpenApiOperation, async (ctx) => buildOpenApi(OPERATIONS, ctx.config.baseUrl));
