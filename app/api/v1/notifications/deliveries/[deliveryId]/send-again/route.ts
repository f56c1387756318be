import { sendDeliveryAgain } from '#lib/services/notification/deliveries.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { sendDeliveryAgainOperation } from '#lib/web/api/operations/notifications.ts';

export const POST = operationRoute(sendDeliveryAgainOperation, async (ctx, { params }) => {
  await sendDeliveryAgain({ ctx, input: params });
  return { sent: true };
});
