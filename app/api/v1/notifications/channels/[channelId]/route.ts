import { deleteChannel } from '#lib/services/notification/delete-channel.ts';
import { updateChannel } from '#lib/services/notification/save-channel.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { deleteChannelOperation, updateChannelOperation } from '#lib/web/api/operations/notifications.ts';

export const PATCH = operationRoute(updateChannelOperation, (ctx, { params, body }) =>
  updateChannel({ ctx, input: { ...params, ...body } }),
);

export const DELETE = operationRoute(deleteChannelOperation, async (ctx, { params }) => {
  await deleteChannel({ ctx, input: params });
  return { deleted: true };
});
