import { deleteNotificationRule, updateNotificationRule } from '#lib/services/notification/rules.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { deleteRuleOperation, updateRuleOperation } from '#lib/web/api/operations/notifications.ts';

export const PATCH = operationRoute(updateRuleOperation, (ctx, { params, body }) =>
  updateNotificationRule({ ctx, input: { ...params, ...body } }),
);

export const DELETE = operationRoute(deleteRuleOperation, async (ctx, { params }) => {
  await deleteNotificationRule({ ctx, input: params });
  return { deleted: true };
});
