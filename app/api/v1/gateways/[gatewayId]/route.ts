import { deleteGateway } from '#lib/services/gateway/delete-gateway.ts';
import { getGateway } from '#lib/services/gateway/get-gateway.ts';
import { updateGateway } from '#lib/services/gateway/update-gateway.ts';
import { operate } from '#lib/web/api/operation.ts';
import { deleteGatewayOperation, getGatewayOperation, updateGatewayOperation } from '#lib/web/api/operations/gateways.ts';

export const GET = operate(getGatewayOperation, (ctx, { params }) => getGateway({ ctx, input: params }));

export const PATCH = operate(updateGatewayOperation, (ctx, { params, body }) =>
  updateGateway({ ctx, input: { ...params, ...body } }),
);

export const DELETE = operate(deleteGatewayOperation, async (ctx, { params }) => {
  await deleteGateway({ ctx, input: params });
  return { deleted: true };
});
