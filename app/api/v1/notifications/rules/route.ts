import { createNotificationRule, listNotificationRules } from '#lib/services/notification/rules.ts';
import { operationRoute } from '#lib/web/api/operation.ts';
import { createRuleOperation, listRulesOperation } from '#lib/web/api/operations/notifications.ts';
import { byName, pageOf } from '#lib/web/api/page.ts';

export const GET = operationRoute(listRulesOperation, async (ctx, { query }) =>
  pageOf(await listNotificationRules({ ctx, input: {} }), query, byName),
);

export const POST = operationRoute(createRuleOperation, (ctx, { body }) => createNotificationRule({ ctx, input: body }));
