import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { listOpenDatasetRunIds } from '../run/runs.ts';

export type CommandState = 'waiting' | 'sent' | 'acknowledged' | 'ended';
/** `cancelled`: to end as cancelled; `given-up`: nobody needs its result. */
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
  /** Encrypted by the key ring. */
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

/** State and stop contain only values of these types: only this file writes them. */
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

/** The command that runs or ran a dataset, unless it was given up. */
export async function findDatasetCommand(db: Db, datasetRunId: string): Promise<CommandRow | null> {
  const row = await db.gatewayCommand.findFirst({
    where: { datasetRunId, OR: [{ stop: null }, { stop: { not: 'given-up' } }] },
    orderBy: { createdAt: 'desc' },
    select: COMMAND,
  });
  return row === null ? null : toRow(row);
}

/**
 * Assigns a command to an instance of a gateway. Increments its attempt unless that instance has it already, and deletes events of the earlier
 * attempt.
 * Null when the command has ended.
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

/** Commands of a gateway that have to be sent again: those that this instance did not acknowledge, and those that another instance had. */
export async function listToSendAgain(db: Db, gatewayId: string, instance: string): Promise<CommandRow[]> {
  const lost = { OR: [{ state: 'sent' }, { instance: { not: instance } }] };
  const rows = await db.gatewayCommand.findMany({
    where: { gatewayId, state: NOT_ENDED, ...lost },
    orderBy: { takenAt: 'asc' },
    select: COMMAND,
  });
  return rows.map(toRow);
}

/** Commands that a gateway has, by id. */
export async function listHeldCommands(db: Db, gatewayId: string): Promise<CommandRow[]> {
  const rows = await db.gatewayCommand.findMany({ where: { gatewayId, state: NOT_ENDED }, select: COMMAND });
  return rows.map(toRow);
}

export async function acknowledgeCommand(db: Db, id: string, attempt: number): Promise<void> {
  await db.gatewayCommand.updateMany({ where: { id, attempt, state: 'sent' }, data: { state: 'acknowledged' } });
}

/** Clears the acknowledgement of commands that the gateway reports as unknown: they are sent again, as a new attempt. */
export async function forgetAcknowledgement(db: Db, ids: readonly string[]): Promise<void> {
  await db.gatewayCommand.updateMany({ where: { id: { in: [...ids] }, state: 'acknowledged' }, data: { instance: '' } });
}

/** Commands that a gateway should stop; of those that have ended, only the ones since `since`. */
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
 * Stores a batch of events if it is the next one of the attempt. Returns the number of the last stored event, also for a repeated batch; null when
 * the attempt has ended.
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

/** Batches of a command's attempt that start after `after`. */
export async function listEvents(db: Db, commandId: string, attempt: number, after: number): Promise<EventBatch[]> {
  return db.gatewayEvent.findMany({
    where: { commandId, attempt, first: { gt: after } },
    orderBy: { first: 'asc' },
    select: { attempt: true, first: true, count: true, events: true },
  });
}

/** Ends an attempt with its result. False when it has ended already, or another attempt is under way. */
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

/** Returns a command to the queue and ends its attempt. False when it has ended, or `attempt` is not the current one. */
export async function releaseCommand(db: Db, id: string, attempt: number): Promise<boolean> {
  const { count } = await db.gatewayCommand.updateMany({
    where: { id, attempt, state: NOT_ENDED },
    data: { state: 'waiting', gatewayId: null, instance: null },
  });
  return count === 1;
}

/** Requests that a command stops; one that is given up ends at once. False when it had ended. */
export async function stopCommand(db: Db, id: string, stop: CommandStop, at: Date): Promise<boolean> {
  const end = stop === 'given-up' ? { state: 'ended', endedAt: at } : {};
  const { count } = await db.gatewayCommand.updateMany({ where: { id, state: NOT_ENDED }, data: { stop, ...end } });
  return count === 1;
}

/** Those of the dataset runs that have ended or were deleted, or that another gateway is working on. */
export async function listStagesOver(db: Db, gatewayId: string, datasetRunIds: readonly string[]): Promise<string[]> {
  const open = await listOpenDatasetRunIds(db, datasetRunIds);
  const elsewhere = {
    datasetRunId: { in: open },
    state: NOT_ENDED,
    AND: [{ gatewayId: { not: null } }, { gatewayId: { not: gatewayId } }],
  };
  const rows = await db.gatewayCommand.findMany({ where: elsewhere, select: { datasetRunId: true } });
  const kept = new Set(open).difference(new Set(rows.map(({ datasetRunId }) => datasetRunId)));
  return datasetRunIds.filter((id) => !kept.has(id));
}

/** The gateways that have or had commands of a run. */
export async function listGatewaysOfRun(db: Db, runId: string): Promise<string[]> {
  const where = { runId, gatewayId: { not: null } };
  const rows = await db.gatewayCommand.findMany({ where, distinct: ['gatewayId'], select: { gatewayId: true } });
  return rows.flatMap(({ gatewayId }) => (gatewayId === null ? [] : [gatewayId]));
}

/** Gives up commands of runs that have ended. Returns the gateways that have such commands. */
export async function giveUpCommandsOfEndedRuns(db: Db, at: Date): Promise<string[]> {
  const rows = await db.$queryRaw<{ gateway_id: string | null }[]>`
    UPDATE gateway_commands SET stop = 'given-up', state = 'ended', ended_at = ${at}
    WHERE state <> 'ended' AND run_id IN (SELECT id FROM runs WHERE ended_at IS NOT NULL)
    RETURNING gateway_id`;
  return [...new Set(rows.flatMap(({ gateway_id: id }) => (id === null ? [] : [id])))];
}

/** Commands that have not ended, by state. */
export async function countOpenCommands(db: Db): Promise<readonly { readonly state: string; readonly commands: number }[]> {
  const groups = await db.gatewayCommand.groupBy({ by: ['state'], where: { state: NOT_ENDED }, _count: { _all: true } });
  return groups.map(({ state, _count }) => ({ state, commands: _count._all }));
}

export async function deleteCommand(db: Db, id: string): Promise<void> {
  await db.gatewayCommand.deleteMany({ where: { id } });
}

/** Deletes commands that ended before `before`, read or not, and short calls that nobody waits for any more. */
export async function deleteOldCommands(db: Db, before: Date): Promise<void> {
  await db.gatewayCommand.deleteMany({ where: { OR: [{ endedAt: { lt: before } }, { deadlineAt: { lt: before } }] } });
}

/** Channel of PostgreSQL's NOTIFY that wakes other processes after changes to queues and commands. */
export const GATEWAY_CHANNEL = 'entrada_gateway';

/** Wakes the processes that wait for `topic`: `queue:<queue>`, `gateway:<id>` or `command:<id>`. */
export async function notifyGateway(db: Db | Tx, topic: string): Promise<void> {
  await db.$executeRaw`SELECT pg_notify(${GATEWAY_CHANNEL}, ${topic})`;
}
