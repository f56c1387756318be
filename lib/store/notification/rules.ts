import type { Id } from '#lib/domain/id.ts';
import { NotificationEvent } from '#lib/domain/notification/event.ts';
import type { RuleDto, RuleInput } from '#lib/domain/notification/rule.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';

const NAMED = { select: { id: true, name: true } } as const;
const RULE = {
  ...{ id: true, name: true, enabled: true, events: true, connectionId: true, taskId: true, inbox: true },
  ...{ daysBefore: true, awayMinutes: true, silentHours: true },
  connection: { select: { name: true } },
  task: { select: { name: true } },
  channels: { select: { channel: NAMED }, orderBy: { channel: { name: 'asc' } } },
} as const;

interface RuleRow {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly events: readonly string[];
  readonly connectionId: string | null;
  readonly taskId: string | null;
  readonly inbox: boolean;
  readonly daysBefore: number;
  readonly awayMinutes: number;
  readonly silentHours: number;
  readonly connection: { readonly name: string } | null;
  readonly task: { readonly name: string } | null;
  readonly channels: readonly { readonly channel: { readonly id: string; readonly name: string } }[];
}

/** @param closed ids of connections whose rules, and those of their tasks, are left out. */
export async function listRuleRows(db: Db, closed: readonly string[]): Promise<RuleDto[]> {
  return (await db.notificationRule.findMany({ where: without(closed), select: RULE, orderBy: { name: 'asc' } })).map(toDto);
}

/** @param closed see listRuleRows. */
export async function findRule(db: Db | Tx, id: string, closed: readonly string[]): Promise<RuleDto | null> {
  const row = await db.notificationRule.findUnique({ where: { id, ...without(closed) }, select: RULE });
  return row === null ? null : toDto(row);
}

function without(closed: readonly string[]) {
  if (closed.length === 0) return {};
  const connectionId = { notIn: [...closed] };
  return { AND: [{ OR: [{ connectionId: null }, { connectionId }] }, { OR: [{ taskId: null }, { task: { connectionId } }] }] };
}

/** Enabled rules that name one of the events. */
export async function listRulesOf(db: Db | Tx, events: readonly NotificationEvent[]): Promise<RuleDto[]> {
  const where = { enabled: true, events: { hasSome: [...events] } };
  return (await db.notificationRule.findMany({ where, select: RULE })).map(toDto);
}

function toDto({ id, events, connectionId, taskId, connection, task, channels, ...row }: RuleRow): RuleDto {
  return {
    ...row,
    id: id as Id<'nrul'>,
    events: events.map((event) => NotificationEvent.parse(event)),
    connectionId: connectionId as Id<'conn'> | null,
    taskId: taskId as Id<'task'> | null,
    connectionName: connection?.name ?? null,
    taskName: task?.name ?? null,
    channels: channels.map(({ channel }) => ({ id: channel.id as Id<'nchn'>, name: channel.name })),
  };
}

export type RuleValues = Required<{ readonly [K in keyof RuleInput]: Exclude<RuleInput[K], undefined> }>;

/** A name that exists already is a unique violation. */
export async function saveRule(tx: Tx, id: string, { channelIds, ...rule }: RuleValues): Promise<void> {
  const data = { ...rule, events: [...rule.events] };
  await tx.notificationRule.upsert({ where: { id }, create: { id, ...data }, update: data, select: { id: true } });
  await tx.notificationRuleChannel.deleteMany({ where: { ruleId: id } });
  await tx.notificationRuleChannel.createMany({ data: [...new Set(channelIds)].map((channelId) => ({ ruleId: id, channelId })) });
}

export async function deleteRuleRow(tx: Tx, id: string): Promise<boolean> {
  return (await tx.notificationRule.deleteMany({ where: { id } })).count === 1;
}

/** How many of the channels exist. */
export async function countChannels(tx: Tx, ids: readonly string[]): Promise<number> {
  return tx.notificationChannel.count({ where: { id: { in: [...ids] } } });
}
