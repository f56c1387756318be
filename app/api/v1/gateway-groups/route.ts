import { listGatewayGroups } from '#lib/services/gateway-group/list-gateway-groups.ts';
import { createGatewayGroup } from '#lib/services/gateway-group/save-gateway-group.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { createGatewayGroupOperation, listGatewayGroupsOperation } from '#lib/web/api/operations/gateways.ts';
import { byName, pageOf } from '#lib/web/api/page.ts';

export const GET = operationRoute(listGatewayGroupsOperation, async (ctx, { query }) =>
  pageOf(await listGatewayGroups({ ctx, input: {} }), query, byName),
);

export const POST = operationRoute(createGatewayGroupOperation, (ctx, { body }) => createGatewayGroup({ ctx, input: body }));
