import 'server-only';
import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import { ChannelDto, MailSettingsDto, SendOutcome } from '#lib/domain/notification/channel.ts';
import { DeliveryDto, DeliveryState } from '#lib/domain/notification/delivery.ts';
import { InboxItemDto } from '#lib/domain/notification/inbox.ts';
import { RuleDto, RuleInput } from '#lib/domain/notification/rule.ts';
import { MarkReadInput } from '#lib/services/notification/inbox.ts';
import { SetMailSettingsInput } from '#lib/services/notification/mail-settings.ts';
import { CreateChannelInput, UpdateChannelInput } from '#lib/services/notification/save-channel.ts';
import { describeOperation } from '../operation.ts';
import { PageQuery, pageSchema } from '../page.ts';

const OfChannel = z.object({ channelId: idSchema('nchn') });
const OfRule = z.object({ ruleId: idSchema('nrul') });
const Deleted = z.object({ deleted: z.literal(true) });
const ChannelWithSecret = z.object({
  channel: ChannelDto,
  signingSecret: z.string().nullable().describe('The signing secret of a new webhook; null in all other answers.'),
});
const tag = 'Notifications';

export const listChannelsOperation = describeOperation({
  id: 'listNotificationChannels',
  method: 'GET',
  path: '/api/v1/notifications/channels',
  tag,
  summary: 'List the channels',
  role: 'editor',
  query: PageQuery,
  response: { status: 200, description: 'The channels by name, without their secrets.', schema: pageSchema(ChannelDto) },
});

export const createChannelOperation = describeOperation({
  id: 'createNotificationChannel',
  method: 'POST',
  path: '/api/v1/notifications/channels',
  tag,
  summary: 'Create a channel',
  description: 'Only this answer contains the signing secret of a webhook.',
  role: 'admin',
  body: CreateChannelInput,
  response: { status: 201, description: 'The channel and its signing secret.', schema: ChannelWithSecret },
});

export const updateChannelOperation = describeOperation({
  id: 'updateNotificationChannel',
  method: 'PATCH',
  path: '/api/v1/notifications/channels/{channelId}',
  tag,
  summary: 'Change a channel',
  role: 'admin',
  params: OfChannel,
  body: UpdateChannelInput.omit({ channelId: true }),
  response: { status: 200, description: 'The channel.', schema: ChannelWithSecret },
});

export const deleteChannelOperation = describeOperation({
  id: 'deleteNotificationChannel',
  method: 'DELETE',
  path: '/api/v1/notifications/channels/{channelId}',
  tag,
  summary: 'Delete a channel',
  description: 'With its delivery log and pending deliveries.',
  role: 'admin',
  params: OfChannel,
  response: { status: 200, description: 'It is deleted.', schema: Deleted },
});

export const testChannelOperation = describeOperation({
  id: 'testNotificationChannel',
  method: 'POST',
  path: '/api/v1/notifications/channels/{channelId}/test',
  tag,
  summary: 'Send a test message to a channel',
  role: 'editor',
  use: 'operates',
  params: OfChannel,
  response: { status: 200, description: 'The result. A refusal by the receiver is a result, not an error.', schema: SendOutcome },
});

export const listRulesOperation = describeOperation({
  id: 'listNotificationRules',
  method: 'GET',
  path: '/api/v1/notifications/rules',
  tag,
  summary: 'List the rules',
  role: 'editor',
  query: PageQuery,
  response: { status: 200, description: 'The rules by name.', schema: pageSchema(RuleDto) },
});

export const createRuleOperation = describeOperation({
  id: 'createNotificationRule',
  method: 'POST',
  path: '/api/v1/notifications/rules',
  tag,
  summary: 'Create a rule',
  description: 'Events of one task, one connection or everything, and where their notifications are sent.',
  role: 'editor',
  body: RuleInput,
  response: { status: 201, description: 'The rule.', schema: RuleDto },
});

export const updateRuleOperation = describeOperation({
  id: 'updateNotificationRule',
  method: 'PATCH',
  path: '/api/v1/notifications/rules/{ruleId}',
  tag,
  summary: 'Replace a rule',
  role: 'editor',
  params: OfRule,
  body: RuleInput,
  response: { status: 200, description: 'The rule.', schema: RuleDto },
});

export const deleteRuleOperation = describeOperation({
  id: 'deleteNotificationRule',
  method: 'DELETE',
  path: '/api/v1/notifications/rules/{ruleId}',
  tag,
  summary: 'Delete a rule',
  role: 'editor',
  params: OfRule,
  response: { status: 200, description: 'It is deleted.', schema: Deleted },
});

export const listDeliveriesOperation = describeOperation({
  id: 'listNotificationDeliveries',
  method: 'GET',
  path: '/api/v1/notifications/deliveries',
  tag,
  summary: 'Read the delivery log',
  role: 'editor',
  query: PageQuery.extend({ state: DeliveryState.exactOptional(), channelId: idSchema('nchn').exactOptional() }),
  response: {
    status: 200,
    description: 'Deliveries with all their attempts, the newest first.',
    schema: pageSchema(DeliveryDto),
  },
});

export const sendDeliveryAgainOperation = describeOperation({
  id: 'sendNotificationAgain',
  method: 'POST',
  path: '/api/v1/notifications/deliveries/{deliveryId}/send-again',
  tag,
  summary: 'Send a failed delivery again',
  role: 'editor',
  use: 'operates',
  params: z.object({ deliveryId: idSchema('ndel') }),
  response: { status: 200, description: 'The delivery is queued.', schema: z.object({ sent: z.literal(true) }) },
});

export const getInboxOperation = describeOperation({
  id: 'getInbox',
  method: 'GET',
  path: '/api/v1/notifications/inbox',
  tag,
  summary: 'Read one’s own inbox',
  role: 'viewer',
  query: PageQuery.extend({ unread: z.enum(['true', 'false']).exactOptional() }),
  response: {
    status: 200,
    description: 'The newest first, and how many are unread.',
    schema: pageSchema(InboxItemDto).extend({ unread: z.number().int() }),
  },
});

export const markInboxReadOperation = describeOperation({
  id: 'markInboxRead',
  method: 'POST',
  path: '/api/v1/notifications/inbox/read',
  tag,
  summary: 'Mark notifications of one’s own inbox as read',
  role: 'viewer',
  body: MarkReadInput,
  response: { status: 200, description: 'They are read.', schema: z.object({ read: z.literal(true) }) },
});

export const getMailSettingsOperation = describeOperation({
  id: 'getMailSettings',
  method: 'GET',
  path: '/api/v1/notifications/mail-settings',
  tag,
  summary: 'Get the mail server',
  role: 'editor',
  response: {
    status: 200,
    description: 'Without its password; `server` is null when none is set.',
    schema: z.object({ server: MailSettingsDto.nullable() }),
  },
});

export const setMailSettingsOperation = describeOperation({
  id: 'setMailSettings',
  method: 'PATCH',
  path: '/api/v1/notifications/mail-settings',
  tag,
  summary: 'Set the mail server',
  description: 'Refused (`mail-set-by-environment`) while ENTRADA_SMTP_URL is set.',
  role: 'admin',
  body: SetMailSettingsInput,
  response: { status: 200, description: 'The mail server.', schema: z.object({ server: MailSettingsDto.nullable() }) },
});
