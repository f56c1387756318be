import pg from 'pg';
import type { LandingSettings } from '#lib/domain/task/task.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { notReadOf, type Published, type PublishOptions, type Sink, type StagedEvents } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { analyzeSql, copyOthers, correctSuperseded, takeOver } from '#lib/targets/postgres/compare/copy-stage.ts';
import { PreloadedTable } from '#lib/targets/postgres/compare/preloaded-table.ts';
import { ensureEventCursors, findEventCursor } from '#lib/targets/postgres/events/event-cursor.ts';
import { type LandingSession, withSession } from '#lib/targets/postgres/landing-session.ts';
import { findRecorded, recordPublish } from '#lib/targets/postgres/published.ts';
import type { PostgresServer } from '#lib/targets/postgres/server.ts';
import {
  checkOurs,
  ensureSchema,
  ensureStagingSchema,
  findTable,
  grantToReader,
  lockTable,
  namesOf,
  planDrift,
  quote,
  type TableNames,
} from '#lib/targets/postgres/table/landed-table.ts';
import { replaceRejected } from '#lib/targets/postgres/table/rejected-table.ts';
import { keyName, loadedTableSql } from '#lib/targets/postgres/table/table-ddl.ts';
import { tablePlan } from '#lib/targets/postgres/table/table-plan.ts';
import { POSTGRES_TYPE } from '#lib/targets/postgres/table/types.ts';
import { carryOver, checkLoadable } from './carry-over.ts';
import { keepEvents, mergeEvents } from './merge-events.ts';

/** Columns of Entrada's own in a fully loaded table. */
const LOAD_COLUMNS = ['hdr__loaded_at', 'hdr__run_id'] as const;

/**
 * Full load: rows are loaded beside the live table, with its key, and one short transaction puts them in its place. Readers see the old or
 * the new table, never neither.
 */
export function createFullLoadSink(server: PostgresServer, settings: LandingSettings): Sink {
  let preloaded: PreloadedTable | null = null;
  return {
    beginPreload(stage, plan, signal) {
      preloaded = new PreloadedTable(server, { stage, plan }, signal);
      return preloaded;
    },
    findEventCursor: (plan, signal) => withSession(server, signal, (session) => findEventCursor(session, plan)),
    findPublished: (plan, runId, signal) => withSession(server, signal, (session) => findRecorded(session, plan, runId)),
    publish: (stage, options) =>
      withSession(server, options.signal, async (session) => {
        await lockTable(session, options.plan);
        const before = await findRecorded(session, options.plan, options.runId);
        return before ?? (await publish({ session, server, stage, options, names: namesOf(options.plan), preloaded }, settings));
      }),
  };
}

/** What a load is made of. */
interface Loading {
  readonly session: LandingSession;
  readonly server: PostgresServer;
  readonly stage: StagedRows;
  readonly options: PublishOptions;
  readonly names: TableNames;
  /** What was copied while reading. */
  readonly preloaded: PreloadedTable | null;
}

async function publish(loading: Loading, settings: LandingSettings): Promise<Published> {
  const { session, server, stage, options, names } = loading;
  const { plan, runId } = options;
  const found = await findTable(session, plan.namespace, plan.table);
  if (found !== null) checkOurs(plan, found, LOAD_COLUMNS);
  const events = options.events ?? null;
  if (events === null) checkLoadable(options, settings.whenTableExists !== 'append');
  await ensureStagingSchema(session);
  if (events !== null) await ensureEventCursors(session);
  await ensureSchema(session, plan);
  try {
    await load(loading);
    return await session.transaction(
      async () => {
        const done =
          events === null
            ? await replace(loading, settings.whenTableExists, found !== null)
            : await addEvents(loading, events, found !== null);
        const rejected = await replaceRejected(session, stage, options);
        const { inserted = stage.rows, updated = 0 } = done;
        const published: Published = {
          ...{ inserted, updated, deleted: done.deleted, unchanged: stage.rows - inserted - updated },
          notes: [...done.notes, ...rejected],
          ...notReadOf(options),
          ...(events?.lost == null ? {} : { lost: events.lost }),
        };
        await recordPublish(session, plan, { runId, published, landed: null });
        return published;
      },
      (other) => findRecorded(other, plan, runId),
    );
  } finally {
    await withSession(server, new AbortController().signal, (other) => dropLoaded(other, names)).catch(() => undefined);
  }
}

/** The loaded rows in the place of the landed ones, or beside them. */
async function replace(
  { session, stage, options, names }: Loading,
  how: LandingSettings['whenTableExists'],
  exists: boolean,
): Promise<Replaced> {
  const plan = tablePlan(options.plan, options.unread);
  if (how === 'append' && exists) return refill(session, plan, names, false);
  const carried = await carryOver(session, stage, options);
  const done = how === 'drop-and-create' || !exists ? await swap(session, plan, names) : await refill(session, plan, names, true);
  return { deleted: done.deleted - carried.rows, notes: [...done.notes, ...carried.notes] };
}

/** Events are added to what is there, whatever the task says of tables that exist. */
async function addEvents({ session, options, names }: Loading, events: StagedEvents, exists: boolean): Promise<Replaced> {
  const plan = tablePlan(options.plan, options.unread);
  if (exists) return mergeEvents(session, { plan: options.plan, events, marks: LOAD_COLUMNS });
  const { notes } = await swap(session, plan, names);
  const kept = await keepEvents(session, plan, events);
  return { deleted: kept.deleted, notes: [...notes, ...kept.notes] };
}

async function dropLoaded(session: LandingSession, names: TableNames): Promise<void> {
  await session.run(`DROP TABLE IF EXISTS ${names.staging('new')}`);
}

/** All rows into a table of the staging schema, its key included: the swap has nothing left to build. */
async function load({ session, server, stage, options, names, preloaded }: Loading): Promise<void> {
  const { plan, runId, now, signal, unread } = options;
  const table = names.staging('new');
  const made = loadedTableSql(tablePlan(plan, unread), table);
  const marks = { at: pg.escapeLiteral(now.toISOString()), run: pg.escapeLiteral(runId) };
  const copied = await takeOver(stage, plan, preloaded);
  if (copied.size === 0) {
    await dropLoaded(session, names);
    await session.run(`${made.table}; ALTER TABLE ${table} ALTER hdr__loaded_at SET DEFAULT ${marks.at},
      ALTER hdr__run_id SET DEFAULT ${marks.run}`);
  } else {
    await session.run(
      `ALTER TABLE ${table} ADD hdr__loaded_at timestamptz NOT NULL DEFAULT ${marks.at}, ADD hdr__run_id text NOT NULL DEFAULT ${marks.run}`,
    );
    // What was copied of them before one page could not be read is not to be used.
    for (const { name, type } of tablePlan(plan, unread).columns.filter((column) =>
      unread.some((one) => one.name === column.name),
    )) {
      await session.run(`ALTER TABLE ${table} DROP COLUMN ${quote(name)}, ADD COLUMN ${quote(name)} ${POSTGRES_TYPE[type]}`);
    }
    await correctSuperseded({ session, stage, plan, table, scratch: 'load-0.csv' }, copied);
  }
  await withSession(server, signal, (second) => copyOthers([session, second], { stage, plan, table }, copied));
  if (made.key !== null) await session.run(made.key);
  // The defaults belonged to this run alone.
  await session.run(
    `ALTER TABLE ${table} ALTER hdr__loaded_at DROP DEFAULT, ALTER hdr__run_id DROP DEFAULT; ${analyzeSql(plan, table)}`,
  );
}

interface Replaced {
  /** Left out: all rows of the stage. */
  readonly inserted?: number;
  readonly updated?: number;
  readonly deleted: number;
  readonly notes: readonly string[];
}

async function swap(session: LandingSession, plan: DatasetPlan, names: TableNames): Promise<Replaced> {
  const deleted = await countRows(session, plan, names);
  await session.run(`DROP TABLE IF EXISTS ${names.live}; ALTER TABLE ${names.staging('new')} SET SCHEMA ${names.schema};
    ALTER TABLE ${names.schema}.${quote(names.stagingName('new'))} RENAME TO ${quote(plan.table)}`);
  await grantToReader(session, names.live);
  return { deleted, notes: [] };
}

/** Truncate or append: the table that people attach views and grants to stays. */
async function refill(session: LandingSession, plan: DatasetPlan, names: TableNames, truncate: boolean): Promise<Replaced> {
  const found = await findTable(session, plan.namespace, plan.table);
  if (found === null) return swap(session, plan, names);
  const drift = planDrift(plan, found, names.live);
  for (const statement of drift.alter) await session.run(statement);
  const deleted = truncate ? await countRows(session, plan, names) : 0;
  if (truncate) await session.run(`TRUNCATE ${names.live}`);
  else if (plan.key.length > 0 && found.primaryKey.length > 0) {
    // Rows of several loads have the same keys.
    await session.run(`ALTER TABLE ${names.live} DROP CONSTRAINT ${quote(found.primaryKeyName ?? keyName(plan))}`);
  }
  const columns = [...plan.columns.map((column) => quote(column.name)), ...LOAD_COLUMNS].join(', ');
  await session.run(`INSERT INTO ${names.live} (${columns}) SELECT ${columns} FROM ${names.staging('new')}`);
  return { deleted, notes: drift.notes };
}

async function countRows(session: LandingSession, plan: DatasetPlan, names: TableNames): Promise<number> {
  if ((await findTable(session, plan.namespace, plan.table)) === null) return 0;
  const { rows } = await session.query<{ count: string }>(`SELECT count(*) AS count FROM ${names.live}`);
  return Number(rows[0]?.count ?? 0);
}
