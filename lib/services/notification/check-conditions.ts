import type { NotificationEvent } from '#lib/domain/notification/event.ts';
import type { RuleDto } from '#lib/domain/notification/rule.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import {
  type GatewayCondition,
  listConnectionConditions,
  listGatewayConditions,
  listMissedFirings,
  listTaskConditions,
} from '#lib/store/notification/conditions.ts';
import { listRulesOf } from '#lib/store/notification/rules.ts';
import { credentialEnds, gatewayAway, nothingLanded, scheduleMissed, signInEnds } from './condition-messages.ts';
import { type NotificationTrigger, publishByRules } from './publish-notification.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Only missed firings within this time are considered, milliseconds; those with a notification get no second one. */
const MISSED_WITHIN_MS = 2 * DAY_MS;

/** The value that a rule sets for its event: rules with the same value share one notification. */
type Threshold = (rule: RuleDto) => number;

/**
 * Notifies of conditions that arise by the passage of time: credentials that end, disconnected gateways, tasks that landed nothing, missed
 * planned times. One notification per occurrence. Can be called repeatedly and by several workers.
 */
export async function checkConditions(deps: { readonly db: Db; readonly clock: Clock }): Promise<void> {
  const now = deps.clock.now();
  await checkCredentials(deps.db, now);
  await checkGateways(deps.db, now);
  await checkTasks(deps.db, now);
  await checkSchedules(deps.db, now);
}

async function rulesByThreshold(db: Db, event: NotificationEvent, threshold: Threshold): Promise<ReadonlyMap<number, RuleDto[]>> {
  return Map.groupBy(await listRulesOf(db, [event]), threshold);
}

async function publish(db: Db, trigger: NotificationTrigger, rules: readonly RuleDto[]): Promise<void> {
  if (rules.length > 0) await db.$transaction((tx) => publishByRules(tx, trigger, rules));
}

const ofConnection = (id: string) => (rule: RuleDto) =>
  (rule.connectionId === null || rule.connectionId === id) && rule.taskId === null;

async function checkCredentials(db: Db, now: Date): Promise<void> {
  const groups = await rulesByThreshold(db, 'credential-ends', ({ daysBefore }) => daysBefore);
  const connections = groups.size === 0 ? [] : await listConnectionConditions(db);
  for (const [days, rules] of groups) {
    const until = now.getTime() + days * DAY_MS;
    for (const connection of connections) {
      for (const ending of [credentialEnds(connection, now), signInEnds(connection, now)]) {
        if (ending === null || ending.endsAt.getTime() > until) continue;
        const key = `credential-ends/${ending.key}/${days}`;
        const facts = { event: 'credential-ends', key, at: now, taskId: null, connectionId: connection.id } as const;
        await publish(db, { ...facts, message: ending.message }, rules.filter(ofConnection(connection.id)));
      }
    }
  }
}

async function checkGateways(db: Db, now: Date): Promise<void> {
  const groups = await rulesByThreshold(db, 'gateway-away', ({ awayMinutes }) => awayMinutes);
  if (groups.size === 0) return;
  const [gateways, connections] = await Promise.all([listGatewayConditions(db), listConnectionConditions(db)]);
  const usedBy = ({ id, groupId }: GatewayCondition) =>
    connections.filter((one) => one.gatewayId === id || (groupId !== null && one.gatewayGroupId === groupId));
  for (const [minutes, rules] of groups) {
    for (const gateway of gateways) {
      const seenAt = gateway.lastSeenAt;
      if (seenAt === null || now.getTime() - seenAt.getTime() < minutes * MINUTE_MS) continue;
      const users = usedBy(gateway);
      const wanting = rules.filter(
        (rule) => rule.taskId === null && (rule.connectionId === null || users.some(({ id }) => id === rule.connectionId)),
      );
      const key = `gateway-away/${gateway.id}/${seenAt.toISOString()}/${minutes}`;
      const message = gatewayAway(gateway, seenAt, users);
      await publish(db, { event: 'gateway-away', key, at: now, message, taskId: null, connectionId: null }, wanting);
    }
  }
}

async function checkTasks(db: Db, now: Date): Promise<void> {
  const groups = await rulesByThreshold(db, 'nothing-landed', ({ silentHours }) => silentHours);
  const tasks = groups.size === 0 ? [] : await listTaskConditions(db);
  for (const [hours, rules] of groups) {
    for (const task of tasks) {
      const since = task.landedAt ?? task.createdAt;
      if (now.getTime() - since.getTime() < hours * HOUR_MS) continue;
      const key = `nothing-landed/${task.id}/${since.toISOString()}/${hours}`;
      const facts = { event: 'nothing-landed', key, at: now, taskId: task.id, connectionId: task.connectionId } as const;
      await publish(db, { ...facts, message: nothingLanded(task, hours) }, rules.filter(ofTask(task)));
    }
  }
}

const ofTask = (task: { readonly id: string; readonly connectionId: string }) => (rule: RuleDto) =>
  (rule.taskId === null || rule.taskId === task.id) && (rule.connectionId === null || rule.connectionId === task.connectionId);

async function checkSchedules(db: Db, now: Date): Promise<void> {
  const rules = await listRulesOf(db, ['schedule-missed']);
  if (rules.length === 0) return;
  for (const missed of await listMissedFirings(db, new Date(now.getTime() - MISSED_WITHIN_MS))) {
    const task = { id: missed.taskId, connectionId: missed.connectionId };
    const key = `schedule-missed/${missed.scheduleId}/${missed.handledAt.toISOString()}`;
    const facts = { event: 'schedule-missed', key, at: now, taskId: task.id, connectionId: task.connectionId } as const;
    await publish(db, { ...facts, message: scheduleMissed(missed) }, rules.filter(ofTask(task)));
  }
}
