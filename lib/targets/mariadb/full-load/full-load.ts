import { isLogDataset, LOG_ROWS_STAY } from '#lib/domain/dataset/log-dataset.ts';
import type { LandingSettings } from '#lib/domain/task/task.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { notReadOf, type Published, type Sink } from '#lib/reload/engine/sink.ts';
import { checkLoadable } from '#lib/targets/database/check-loadable.ts';
import { type FoundTable, requireTableOfMethod } from '#lib/targets/database/found-table.ts';
import { LOAD_HEADER_COLUMNS } from '#lib/targets/database/header-columns.ts';
import { tablePlan } from '#lib/targets/database/table-plan.ts';
import {
  dropTableLoadedBeside,
  ensureRecords,
  ensureTimeIndex,
  findEventCursor,
  findRecorded,
  recordPublish,
} from '#lib/targets/mariadb/published.ts';
import type { MariadbTarget } from '#lib/targets/mariadb/server.ts';
import { type MariadbSession, withSession } from '#lib/targets/mariadb/session.ts';
import { columnsRecord, findLandedTable, finishColumns, fitTable } from '#lib/targets/mariadb/table/drift.ts';
import { countRows, findTable } from '#lib/targets/mariadb/table/landed-table.ts';
import { namesOf, quote } from '#lib/targets/mariadb/table/names.ts';
import { loadRejectedBeside, prepareRejected, replaceRejected } from '#lib/targets/mariadb/table/rejected-table.ts';
import { loadedTableSql } from '#lib/targets/mariadb/table/table-ddl.ts';
import { type CarriedOver, carryOver } from './carry-over.ts';
import { findHolders, type Loading, loadRows, loadTemporary, widenKey } from './loading.ts';
import { addEvents } from './merge-events.ts';

interface Done {
  readonly inserted?: number;
  readonly updated?: number;
  readonly deleted: number;
  readonly notes: readonly string[];
}

/**
 * Full load. Drop and create: rows are loaded beside the live table, and one RENAME TABLE puts them in its place. Truncate and append: in one
 * transaction, with DELETE, since TRUNCATE would be seen at once. Readers see the old or the new rows, never neither.
 */
export function createFullLoadSink(target: MariadbTarget, settings: LandingSettings): Sink {
  const namesFor = (plan: DatasetPlan) => namesOf(target.settings, plan);
  return {
    findLanded: (plan, signal) =>
      withSession(target, signal, (session) => {
        const names = namesFor(plan);
        const isReplaced = async (): Promise<boolean> =>
          plan.events === null &&
          settings.whenTableExists === 'drop-and-create' &&
          (await findHolders(session, names)).length === 0;
        return findLandedTable(session, plan, { names, isReplaced });
      }),
    findEventCursor: (plan, signal) => withSession(target, signal, (session) => findEventCursor(session, namesFor(plan))),
    findPublished: (plan, runId, signal) =>
      withSession(target, signal, (session) => findRecorded(session, namesFor(plan), runId)),
    publish: (stage, options) =>
      withSession(target, options.signal, async (session) => {
        const names = namesFor(options.plan);
        await session.lock(names.besidePrefix);
        const before = await findRecorded(session, names, options.runId);
        const published = before ?? (await publish({ session, stage, options, names }, settings, target));
        await finishColumns(session, names, published.drift ?? []);
        return published;
      }),
  };
}

async function publish(loading: Loading, { whenTableExists }: LandingSettings, target: MariadbTarget): Promise<Published> {
  const { session, stage, options, names } = loading;
  const { runId, events = null } = options;
  const plan = tablePlan(options.plan, options.unread);
  const found = await findTable(session, names.table);
  if (found !== null) requireTableOfMethod(names.table, found, LOAD_HEADER_COLUMNS);
  if (events === null) checkLoadable(options, whenTableExists !== 'append');
  await ensureRecords(session);
  await dropTableLoadedBeside(session, names);
  const holders = found === null ? [] : await findHolders(session, names);
  let drift = options.drift ?? [];
  const published = (done: Done, rejected: readonly string[]): Published => {
    const { inserted = stage.rows, updated = 0, deleted, notes } = done;
    return {
      ...{ inserted, updated, deleted, unchanged: stage.rows - inserted - updated, notes: [...notes, ...rejected] },
      ...notReadOf({ ...options, drift }),
    };
  };
  const isDone = (other: MariadbSession) => findRecorded(other, names, runId);
  if (events === null && whenTableExists === 'drop-and-create' && holders.length === 0) {
    try {
      return await swap(loading, { plan, found, published, isDone });
    } finally {
      await withSession(target, new AbortController().signal, (other) => dropTableLoadedBeside(other, names)).catch(
        () => undefined,
      );
    }
  }
  const notes: string[] = [];
  if (found === null) await session.run(loadedTableSql(plan, names.live));
  else drift = await fitTable(session, plan, { names, found, drift });
  if (holders.length > 0 && whenTableExists === 'drop-and-create' && events === null)
    notes.push(`The table stays and its rows are replaced, since it has ${holders.join(', ')}.`);
  if (events !== null) await ensureTimeIndex(session, names, events.timeColumn);
  const appends = whenTableExists === 'append' && events === null;
  if (appends && found !== null) notes.push(...(await widenKey(loading, found)));
  await prepareRejected(loading);
  const filled = events !== null || appends ? null : await carryOver(loading, await loadTemporary(loading, plan));
  if (events !== null) await loadTemporary(loading, options.plan);
  return session.transaction(async () => {
    const done = events !== null ? await addEvents(loading, events) : await refill(loading, plan, filled);
    const rejected = await replaceRejected(loading);
    const made = published({ ...done, notes: [...notes, ...done.notes] }, rejected);
    const columns = await columnsRecord(session, options, { names, found, drift });
    await recordPublish(session, names, { runId, published: made, landed: null, columns, beside: null });
    return made;
  }, isDone);
}

/** Within the publishing transaction: the rows in the place of those that are there, or (`carried` null) beside them. */
async function refill(loading: Loading, plan: DatasetPlan, carried: CarriedOver | null): Promise<Done> {
  const { session, names } = loading;
  if (carried === null) {
    await loadRows(loading, names.live);
    return { deleted: 0, notes: [] };
  }
  const before = await countRows(session, names.live);
  await session.run(`DELETE FROM ${names.live}`);
  const columns = [...plan.columns.map(({ name }) => quote(name)), ...LOAD_HEADER_COLUMNS].join(', ');
  await session.run(`INSERT INTO ${names.live} (${columns}) SELECT ${columns} FROM ${names.temporary('loaded')}`);
  return { deleted: before - carried.rows, notes: carried.notes };
}

interface Swap {
  readonly plan: DatasetPlan;
  readonly found: FoundTable | null;
  readonly published: (done: Done, rejected: readonly string[]) => Published;
  readonly isDone: (other: MariadbSession) => Promise<Published | null>;
}

async function swap(loading: Loading, { plan, found, published, isDone }: Swap): Promise<Published> {
  const { session, options, names } = loading;
  const { runId, drift = [] } = options;
  const exists = found !== null;
  const [loaded, old] = [names.beside(runId, 'new'), names.beside(runId, 'old')];
  await session.run(loadedTableSql(plan, quote(loaded)));
  await loadRows(loading, quote(loaded));
  const carried = exists
    ? await carryOver(loading, quote(loaded))
    : { rows: 0, notes: isLogDataset(plan.dataset) ? [LOG_ROWS_STAY] : [] };
  const deleted = exists ? (await countRows(session, names.live)) - carried.rows : 0;
  const rejected = await loadRejectedBeside(loading, names.beside(runId, 'rejected'));
  const made = published({ deleted, notes: carried.notes }, rejected.notes);
  // Readers see the new names with the new rows.
  await finishColumns(session, { table: loaded }, drift);
  const columns = await columnsRecord(session, options, { names, found, drift });
  await recordPublish(session, names, { runId, published: made, landed: null, columns, beside: loaded });
  const renames = [
    ...(exists ? [[names.live, quote(old)]] : []),
    [quote(loaded), names.live],
    ...(rejected.exists ? [[names.rejected, quote(names.beside(runId, 'oldrej'))]] : []),
    ...(rejected.loaded ? [[quote(names.beside(runId, 'rejected')), names.rejected]] : []),
  ];
  return session.decide(async () => {
    await session.run(`RENAME TABLE ${renames.map(([from, to]) => `${from} TO ${to}`).join(', ')}`);
    return made;
  }, isDone);
}
