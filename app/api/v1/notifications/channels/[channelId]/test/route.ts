import { testChannel } from '#lib/services/notification/test-channel.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { testChannelOperation } from '#lib/web/api/operations/notifications.ts';

export const POST = operationRoute(testChannelOperation, (ctx, { params }) => testChannel({ ctx, input: params }));
