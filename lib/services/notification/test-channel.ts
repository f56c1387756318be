import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { SendOutcome } from '#lib/domain/notification/channel.ts';
import { sendNotification } from '#lib/notification/send.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import { openChannel } from '#lib/store/notification/channels.ts';
import { openMailSettings } from '#lib/store/notification/mail-settings.ts';
import { auditUse } from '../audit-use.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { requireChannel } from './require-channel.ts';

export const TestChannelInput = z.object({ channelId: idSchema('nchn') });
export type TestChannelInput = z.input<typeof TestChannelInput>;

/** Sends a message to the channel at once and returns the result. A refusal is a result, not an error. @throws NotFoundError */
export async function testChannel({ ctx, input }: Call<TestChannelInput>): Promise<SendOutcome> {
  requireRole(ctx, 'editor', 'operates');
  const { channelId } = TestChannelInput.parse(input);
  const { name, kind } = await requireChannel(ctx.db, channelId);
  const channel = await openChannel(ctx.db, ctx.ring, channelId);
  if (channel === null) throw new NotFoundError('channel');
  const at = ctx.clock.now();
  const mail = ctx.config.delivery.mail ?? (await openMailSettings(ctx.db, ctx.ring));
  const message = {
    title: `This message is a test of the channel ${name}.`,
    facts: [],
    remedy: 'You need not do anything. Entrada will send notifications here.',
    path: '/settings/notifications',
  };
  const notification = { id: newId('notf'), event: 'test', at, message } as const;
  const fact = { action: 'notification-channel.test', subjectId: channelId, detail: { name, kind } };
  const { baseUrl, delivery } = ctx.config;
  return auditUse(ctx, fact, () =>
    sendNotification(delivery, { deliveryId: newId('ndel'), channel, notification, mail, baseUrl, at }),
  );
}
