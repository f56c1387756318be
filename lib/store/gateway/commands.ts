import type { Db, Tx } from '#lib/platform/postgres/db.ts';

export type CommandState = 'waiting' | 'sent' | 'acknowledged' | 'ended';
/** `cancelled`: to be ended as cancelled; `given-up`: nobody wants its result. */
export type CommandStop = 'cancelled' | 'given-up';

const COMMAND = {
  ...{ id: true, name: true, queue: true, jobId: true, state: true, stop: true, gatewayId: true, instance: true, attempt: true },
  ...{ payload: true, result: true, eventsReceived: true, tokenCacheId: true, tokenCacheOwner: true, runId: true, title: true },
  ...{ datasetRunId: true, deadlineAt: true, createdAt: true, takenAt: true, endedAt: true },
} as const;

export interface CommandRow {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly jobId: string;
  readonly state: CommandState;
  readonly stop: CommandStop | null;
  readonly gatewayId: string | null;
  readonly instance: string | null;
  readonly attempt: number;
  /** Sealed by the key ring. */
  readonly payload: string;
  /** JWE; null when it ended without a result. */
  readonly result: string | null;
  readonly eventsReceived: number;
  readonly tokenCacheId: string | null;
  readonly tokenCacheOwner: string | null;
  readonly runId: string | null;
  readonly datasetRunId: string | null;
  readonly title: string;
  readonly deadlineAt: Date | null;
  readonly createdAt: Date;
  readonly takenAt: Date | null;
  readonly endedAt: Date | null;
}

export type NewCommand = Pick<
  CommandRow,
  | 'id'
  | 'name'
  | 'queue'
  | 'jobId'
  | 'payload'
  | 'tokenCacheId'
  | 'tokenCacheOwner'
  | 'runId'
  | 'datasetRunId'
  | 'title'
  | 'deadlineAt'
  | 'createdAt'
>;

/** What is written as a state or a stop is one: only this file writes them. */
function toRow<T extends { readonly state: string; readonly stop: string | null }>(row: T) {
  return row as T & { readonly state: CommandState; readonly stop: CommandStop | null };
}

const NOT_ENDED = { not: 'ended' } as const;

export async function insertCommand(tx: Tx, row: NewCommand): Promise<void> {
  await tx.gatewayCommand.create({ data: row, select: { id: true } });
}

export async function findCommand(db: Db | Tx, id: string): Promise<CommandRow | null> {
  const row = await db.gatewayCommand.findUnique({ where: { id }, select: COMMAND });
  return row === null ? null : toRow(row);
}

/** The command that runs a dataset, or ran it, unless it was given up. */
export async function findDatasetCommand(db: Db, datasetRunId: string): Promise<CommandRow | null> {
  const row = await db.gatewayCommand.findFirst({
    where: { datasetRunId, OR: [{ stop: null }, { stop: { not: 'given-up' } }] },
    orderBy: { createdAt: 'desc' },
    select: COMMAND,
  });
  return row === null ? null : toRow(row);
}

/**
 * Gives a command to an instance of a gateway. Its attempt counts up unless that instance has it already, and events of an earlier attempt go.
 * Null when the command is over.
 */
export async function takeCommand(
  db: Db,
  taken: { readonly id: string; readonly gatewayId: string; readonly instance: string; readonly at: Date },
): Promise<CommandRow | null> {
  const { id, gatewayId, instance, at } = taken;
  return db.$transaction(async (tx) => {
    const [before] = await tx.$queryRaw<{ gateway_id: string | null; instance: string | null }[]>`
      SELECT gateway_id, instance FROM gateway_commands WHERE id = ${id} AND state <> 'ended' FOR UPDATE`;
    if (before === undefined) return null;
    const own = before.gateway_id === gatewayId && before.instance === instance;
    if (!own) await tx.gatewayEvent.deleteMany({ where: { commandId: id } });
    const row = await tx.gatewayCommand.update({
      where: { id },
      data: {
        ...{ gatewayId, instance, state: 'sent', takenAt: at },
        ...(own ? {} : { attempt: { increment: 1 }, eventsReceived: 0 }),
      },
      select: COMMAND,
    });
    return toRow(row);
  });
}

/** What a gateway has taken and has to be sent again: what this instance did not acknowledge, and what another instance had. */
export async function listToSendAgain(db: Db, gatewayId: string, instance: string): Promise<CommandRow[]> {
  const lost = { OR: [{ state: 'sent' }, { instance: { not: instance } }] };
  const rows = await db.gatewayCommand.findMany({
    where: { gatewayId, state: NOT_ENDED, ...lost },
    orderBy: { takenAt: 'asc' },
    select: COMMAND,
  });
  return rows.map(toRow);
}

/** What a gateway has, by id. */
export async function listHeldCommands(db: Db, gatewayId: string): Promise<CommandRow[]> {
  const rows = await db.gatewayCommand.findMany({ where: { gatewayId, state: NOT_ENDED }, select: COMMAND });
  return rows.map(toRow);
}

export async function acknowledgeCommand(db: Db, id: string, attempt: number): Promise<void> {
  await db.gatewayCommand.updateMany({ where: { id, attempt, state: 'sent' }, data: { state: 'acknowledged' } });
}

/** The gateway says that it does not have them: they are sent again, as a new attempt. */
export async function forgetAcknowledgement(db: Db, ids: readonly string[]): Promise<void> {
  await db.gatewayCommand.updateMany({ where: { id: { in: [...ids] }, state: 'acknowledged' }, data: { instance: '' } });
}

/** Commands that a gateway had or has and should stop, those that are over since `since` only. */
export async function listStops(
  db: Db,
  gatewayId: string,
  since: Date,
): Promise<{ readonly id: string; readonly stop: CommandStop }[]> {
  const rows = await db.gatewayCommand.findMany({
    where: { gatewayId, stop: { not: null }, OR: [{ state: NOT_ENDED }, { stop: 'given-up', endedAt: { gt: since } }] },
    select: { id: true, stop: true, state: true },
  });
  return rows.map(toRow).flatMap(({ id, stop }) => (stop === null ? [] : [{ id, stop }]));
}

/**
 * Keeps a batch of events if it is the next one of the attempt. Returns the number of the last event that is kept, which is what a repeated batch
 * gets as well; null when the attempt is over.
 */
export async function appendEvents(
  db: Db,
  id: string,
  batch: { readonly attempt: number; readonly first: number; readonly count: number; readonly events: string },
): Promise<number | null> {
  const { attempt, first, count, events } = batch;
  return db.$transaction(async (tx) => {
    const next = { id, attempt, state: NOT_ENDED, eventsReceived: first - 1 };
    const updated = await tx.gatewayCommand.updateMany({ where: next, data: { eventsReceived: first - 1 + count } });
    if (updated.count === 1) {
      await tx.gatewayEvent.create({ data: { commandId: id, attempt, first, count, events }, select: { first: true } });
      return first - 1 + count;
    }
    const row = await tx.gatewayCommand.findUnique({ where: { id }, select: { attempt: true, eventsReceived: true } });
    return row?.attempt === attempt ? row.eventsReceived : null;
  });
}

export interface EventBatch {
  readonly attempt: number;
  readonly first: number;
  readonly count: number;
  readonly events: string;
}

/** Batches of a command's attempt that begin after `after`. */
export async function listEvents(db: Db, commandId: string, attempt: number, after: number): Promise<EventBatch[]> {
  return db.gatewayEvent.findMany({
    where: { commandId, attempt, first: { gt: after } },
    orderBy: { first: 'asc' },
    select: { attempt: true, first: true, count: true, events: true },
  });
}

/** Ends an attempt with its result. False when it is over already, or another attempt runs. */
export async function endCommand(
  db: Db,
  id: string,
  end: { readonly attempt: number; readonly result: string; readonly at: Date },
): Promise<boolean> {
  const { count } = await db.gatewayCommand.updateMany({
    where: { id, attempt: end.attempt, state: NOT_ENDED },
    data: { state: 'ended', result: end.result, endedAt: end.at },
  });
  return count === 1;
}

/** Lets a command wait for somebody else; the attempt of whoever had it is over. False when it is over, or not that attempt's. */
export async function releaseCommand(db: Db, id: string, attempt: number): Promise<boolean> {
  const { count } = await db.gatewayCommand.updateMany({
    where: { id, attempt, state: NOT_ENDED },
    data: { state: 'waiting', gatewayId: null, instance: null },
  });
  return count === 1;
}

/** Asks for a command to be stopped; one that is given up is over at once. False when it was over. */
export async function stopCommand(db: Db, id: string, stop: CommandStop, at: Date): Promise<boolean> {
  const end = stop === 'given-up' ? { state: 'ended', endedAt: at } : {};
  const { count } = await db.gatewayCommand.updateMany({ where: { id, state: NOT_ENDED }, data: { stop, ...end } });
  return count === 1;
}

/** The gateways that work commands of a run, or did. */
export async function listGatewaysOfRun(db: Db, runId: string): Promise<string[]> {
  const where = { runId, gatewayId: { not: null } };
  const rows = await db.gatewayCommand.findMany({ where, distinct: ['gatewayId'], select: { gatewayId: true } });
  return rows.flatMap(({ gatewayId }) => (gatewayId === null ? [] : [gatewayId]));
}

/** Gives up what belongs to runs that are over. Returns the gateways that have some of it. */
export async function giveUpCommandsOfEndedRuns(db: Db, at: Date): Promise<string[]> {
  const rows = await db.$queryRaw<{ gateway_id: string | null }[]>`
    UPDATE gateway_commands SET stop = 'given-up', state = 'ended', ended_at = ${at}
    WHERE state <> 'ended' AND run_id IN (SELECT id FROM runs WHERE ended_at IS NOT NULL)
    RETURNING gateway_id`;
  return [...new Set(rows.flatMap(({ gateway_id: id }) => (id === null ? [] : [id])))];
}

export async function deleteCommand(db: Db, id: string): Promise<void> {
  await db.gatewayCommand.deleteMany({ where: { id } });
}

/** Removes what ended before, read or not, and short calls that nobody waits for any more. */
export async function deleteOldCommands(db: Db, before: Date): Promise<void> {
  await db.gatewayCommand.deleteMany({ where: { OR: [{ endedAt: { lt: before } }, { deadlineAt: { lt: before } }] } });
}

/** Channel of PostgreSQL's NOTIFY that wakes other processes: queues and commands changed. */
export const GATEWAY_CHANNEL = 'entrada_gateway';

/** Wakes whoever waits for `topic`: `queue:<queue>`, `gateway:<id>` or `command:<id>`. */
export async function notifyGateway(db: Db | Tx, topic: string): Promise<void> {
  await db.$executeRaw`SELECT pg_notify(${GATEWAY_CHANNEL}, ${topic})`;
}
