import type { NotificationEvent, NotificationMessage } from '#lib/domain/notification/event.ts';
import type { RuleDto } from '#lib/domain/notification/rule.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { insertNotification } from '#lib/store/notification/notifications.ts';
import { listRulesOf } from '#lib/store/notification/rules.ts';

export interface NotificationTrigger {
  readonly event: NotificationEvent;
  /** Identifies the event: it gets one notification, however often it is published. */
  readonly key: string;
  readonly at: Date;
  readonly message: NotificationMessage;
  /** The subject of the event, which rules for one task or connection compare. */
  readonly taskId: string | null;
  readonly connectionId: string | null;
}

/**
 * Publishes an event to the rules that name it: writes deliveries and inbox items in the transaction of the event, so that both are
 * committed or neither. Sends nothing; the worker does.
 */
export async function publishNotification(tx: Tx, trigger: NotificationTrigger): Promise<void> {
  const rules = (await listRulesOf(tx, [trigger.event])).filter((rule) => isInScope(rule, trigger));
  await publishByRules(tx, trigger, rules);
}

/** Like publishNotification, with rules that were read before. */
export async function publishByRules(tx: Tx, trigger: NotificationTrigger, rules: readonly RuleDto[]): Promise<void> {
  if (rules.length === 0) return;
  const channelIds = [...new Set(rules.flatMap(({ channels }) => channels.map(({ id }) => id)))];
  const { key, event, at, message, connectionId } = trigger;
  await insertNotification(tx, { key, event, at, message, channelIds, connectionId, inbox: rules.some(({ inbox }) => inbox) });
}

function isInScope(rule: RuleDto, { taskId, connectionId }: NotificationTrigger): boolean {
  return (rule.taskId === null || rule.taskId === taskId) && (rule.connectionId === null || rule.connectionId === connectionId);
}
