import { testChannel } from '#lib/services/notification/test-channel.ts';
import { operate } from '#lib/web/api/operation.ts';
import { testChannelOperation } from '#lib/web/api/operations/notifications.ts';

export const POST = operate(testChannelOperation, (ctx, { params }) => testChannel({ ctx, input: params }));
