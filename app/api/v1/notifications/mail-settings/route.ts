import { getMailSettings, setMailSettings } from '#lib/services/notification/mail-settings.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { getMailSettingsOperation, setMailSettingsOperation } from '#lib/web/api/operations/notifications.ts';

export const GET = operationRoute(getMailSettingsOperation, async (ctx) => ({
  server: await getMailSettings({ ctx, input: {} }),
}));

export const PATCH = operationRoute(setMailSettingsOperation, async (ctx, { body }) => ({
  server: await setMailSettings({ ctx, input: body }),
}));
