'use server';

import { revalidatePath } from 'next/cache';
import { RuleInput } from '#lib/domain/notification/rule.ts';
import { DeleteChannelInput, deleteChannel } from '#lib/services/notification/delete-channel.ts';
import { SendAgainInput, sendDeliveryAgain } from '#lib/services/notification/deliveries.ts';
import { SetMailSettingsInput, setMailSettings } from '#lib/services/notification/mail-settings.ts';
import {
  createNotificationRule,
  DeleteRuleInput,
  deleteNotificationRule,
  UpdateRuleInput,
  updateNotificationRule,
} from '#lib/services/notification/rules.ts';
import { CreateChannelInput, createChannel, UpdateChannelInput, updateChannel } from '#lib/services/notification/save-channel.ts';
import { TestChannelInput, testChannel } from '#lib/services/notification/test-channel.ts';
import { defineAction } from '#lib/web/action.ts';

const revalidate = () => revalidatePath('/settings/notifications');

export const createChannelAction = defineAction('admin', CreateChannelInput, async (ctx, input) => {
  const created = await createChannel({ ctx, input });
  revalidate();
  return created;
});

export const updateChannelAction = defineAction('admin', UpdateChannelInput, async (ctx, input) => {
  const updated = await updateChannel({ ctx, input });
  revalidate();
  return updated;
});

export const deleteChannelAction = defineAction('admin', DeleteChannelInput, async (ctx, input) => {
  await deleteChannel({ ctx, input });
  revalidate();
  return null;
});

export const testChannelAction = defineAction('editor', TestChannelInput, (ctx, input) => testChannel({ ctx, input }));

export const createNotificationRuleAction = defineAction('editor', RuleInput, async (ctx, input) => {
  await createNotificationRule({ ctx, input });
  revalidate();
  return null;
});

export const updateNotificationRuleAction = defineAction('editor', UpdateRuleInput, async (ctx, input) => {
  await updateNotificationRule({ ctx, input });
  revalidate();
  return null;
});

export const deleteNotificationRuleAction = defineAction('editor', DeleteRuleInput, async (ctx, input) => {
  await deleteNotificationRule({ ctx, input });
  revalidate();
  return null;
});

export const sendDeliveryAgainAction = defineAction('editor', SendAgainInput, async (ctx, input) => {
  await sendDeliveryAgain({ ctx, input });
  revalidate();
  return null;
});

export const setMailSettingsAction = defineAction('admin', SetMailSettingsInput, async (ctx, input) => {
  const saved = await setMailSettings({ ctx, input });
  revalidate();
  return saved;
});
