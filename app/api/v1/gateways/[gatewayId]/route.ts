import { deleteGateway } from '#lib/services/gateway/delete-gateway.ts';
import { getGateway } from '#lib/services/gateway/get-gateway.ts';
import { updateGateway } from '#lib/services/gateway/update-gateway.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { deleteGatewayOperation, getGatewayOperation, updateGatewayOperation } from '#lib/web/api/operations/gateways.ts';

export const GET = operationRoute(getGatewayOperation, (ctx, { params }) => getGateway({ ctx, input: params }));

export const PATCH = operationRoute(updateGatewayOperation, (ctx, { params, body }) =>
  updateGateway({ ctx, input: { ...params, ...body } }),
);

export const DELETE = operationRoute(deleteGatewayOperation, async (ctx, { params }) => {
  await deleteGateway({ ctx, input: params });
  return { deleted: true };
});
