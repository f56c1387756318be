import { listGatewayGroups } from '#lib/services/gateway-group/list-gateway-groups.ts';
import { createGatewayGroup } from '#lib/services/gateway-group/save-gateway-group.ts';
import { operate } from '#lib/web/api/operation.ts';
import { createGatewayGroupOperation, listGatewayGroupsOperation } from '#lib/web/api/operations/gateways.ts';

export const GET = operate(listGatewayGroupsOperation, async (ctx) => ({
  groups: await listGatewayGroups({ ctx, input: {} }),
}));

export const POST = operate(createGatewayGroupOperation, (ctx, { body }) => createGatewayGroup({ ctx, input: body }));
