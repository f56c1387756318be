import { deleteGatewayGroup } from '#lib/services/gateway-group/delete-gateway-group.ts';
import { updateGatewayGroup } from '#lib/services/gateway-group/save-gateway-group.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { deleteGatewayGroupOperation, updateGatewayGroupOperation } from '#lib/web/api/operations/gateways.ts';

export const PATCH = operationRoute(updateGatewayGroupOperation, (ctx, { params, body }) =>
  updateGatewayGroup({ ctx, input: { ...params, ...body } }),
);

export const DELETE = operationRoute(deleteGatewayGroupOperation, async (ctx, { params }) => {
  await deleteGatewayGroup({ ctx, input: params });
  return { deleted: true };
});
