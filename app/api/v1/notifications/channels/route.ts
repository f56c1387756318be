import { listChannels } from '#lib/services/notification/list-channels.ts';
import { createChannel } from '#lib/services/notification/save-channel.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { createChannelOperation, listChannelsOperation } from '#lib/web/api/operations/notifications.ts';
import { byName, pageOf } from '#lib/web/api/page.ts';

export const GET = operationRoute(listChannelsOperation, async (ctx, { query }) =>
  pageOf(await listChannels({ ctx, input: {} }), query, byName),
);

export const POST = operationRoute(createChannelOperation, (ctx, { body }) => createChannel({ ctx, input: body }));
