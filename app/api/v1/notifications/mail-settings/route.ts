import { getMailSettings, setMailSettings } from '#lib/services/notification/mail-settings.ts';
import { operate } from '#lib/web/api/operation.ts';
import { getMailSettingsOperation, setMailSettingsOperation } from '#lib/web/api/operations/notifications.ts';

export const GET = operate(getMailSettingsOperation, async (ctx) => ({ server: await getMailSettings({ ctx, input: {} }) }));

export const PATCH = operate(setMailSettingsOperation, async (ctx, { body }) => ({
  server: await setMailSettings({ ctx, input: body }),
}));
