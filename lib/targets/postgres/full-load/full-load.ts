import pg from 'pg';
import { NO_RELATIONS, type TaskRelations } from '#lib/domain/task/relations.ts';
import type { LandingSettings } from '#lib/domain/task/task.ts';
import { recordOf } from '#lib/reload/engine/drift/landed-table.ts';
import { notReadOf, type Published, type PublishOptions, type StagedEvents } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { checkLoadable } from '#lib/targets/database/check-loadable.ts';
import { requireTableOfMethod } from '#lib/targets/database/found-table.ts';
import { LOAD_HEADER_COLUMNS } from '#lib/targets/database/header-columns.ts';
import { tablePlan } from '#lib/targets/database/table-plan.ts';
import {
  analyzeSql,
  copyPartsNotPreloaded,
  correctSuperseded,
  usablePreloadedFiles,
} from '#lib/targets/postgres/compare/copy-stage.ts';
import { PreloadedTable } from '#lib/targets/postgres/compare/preloaded-table.ts';
import { ensureEventCursors, findEventCursor } from '#lib/targets/postgres/events/event-cursor.ts';
import { type LandingSession, withSession } from '#lib/targets/postgres/landing-session.ts';
import {
  type PostgresSink,
  type PreparedPublish,
  publishAlone,
  publishTogether,
} from '#lib/targets/postgres/publish/prepared-publish.ts';
import { findRecorded, findRecordedColumns, recordPublish } from '#lib/targets/postgres/published.ts';
import type { PostgresServer } from '#lib/targets/postgres/server.ts';
import { findLandedTable, renameColumns } from '#lib/targets/postgres/table/drift.ts';
import {
  ensureSchema,
  ensureStagingSchema,
  type FoundTable,
  findTable,
  labelOf,
  namesOf,
  quote,
  type TableNames,
} from '#lib/targets/postgres/table/landed-table.ts';
import { replaceRejected } from '#lib/targets/postgres/table/rejected-table.ts';
import { loadedTableSql } from '#lib/targets/postgres/table/table-ddl.ts';
import { POSTGRES_TYPE } from '#lib/targets/postgres/table/types.ts';
import { findDependents } from './attachments.ts';
import { carryOver } from './carry-over.ts';
import { keepEvents, mergeEvents } from './merge-events.ts';
import { type PublishFinish, type Replaced, refillTable, replaceTable } from './replace-table.ts';

/**
 * Full load: loads rows beside the live table, with its key, and replaces that in one short transaction. Readers see the old or
 * the new table.
 */
export function createFullLoadSink(
  server: PostgresServer,
  settings: LandingSettings,
  relations: TaskRelations = NO_RELATIONS,
): PostgresSink {
  let preloaded: PreloadedTable | null = null;
  const prepare: PostgresSink['prepare'] = (session, stage, options) =>
    prepareLoad({ session, server, stage, options, names: namesOf(options.plan), preloaded }, settings);
  return {
    beginPreload(stage, plan, signal) {
      preloaded = new PreloadedTable(server, { stage, plan }, signal);
      return preloaded;
    },
    findLanded: (plan, signal) =>
      withSession(server, signal, (session) =>
        findLandedTable(session, plan, async () => {
          if (plan.events !== null || settings.whenTableExists !== 'drop-and-create') return false;
          return (await findDependents(session, namesOf(plan).live)).length === 0;
        }),
      ),
    findEventCursor: (plan, signal) => withSession(server, signal, (session) => findEventCursor(session, plan)),
    findPublished: (plan, runId, signal) => withSession(server, signal, (session) => findRecorded(session, plan, runId)),
    publish: (stage, options) => publishAlone(server, { options, relations }, (session) => prepare(session, stage, options)),
    publishTogether: (datasets) => publishTogether(server, datasets),
    prepare,
    relations,
  };
}

/** Parameters of a load. */
interface Loading {
  readonly session: LandingSession;
  readonly server: PostgresServer;
  readonly stage: StagedRows;
  readonly options: PublishOptions;
  readonly names: TableNames;
  /** Rows that were copied during the reading. */
  readonly preloaded: PreloadedTable | null;
}

async function prepareLoad(loading: Loading, settings: LandingSettings): Promise<PreparedPublish> {
  const { session, server, options, names } = loading;
  const { plan } = options;
  const found = await findTable(session, plan.namespace, plan.table);
  if (found !== null) requireTableOfMethod(labelOf(plan), found, LOAD_HEADER_COLUMNS);
  const events = options.events ?? null;
  if (events === null) checkLoadable(options, settings.whenTableExists !== 'append');
  await ensureStagingSchema(session);
  if (events !== null) await ensureEventCursors(session);
  await ensureSchema(session, plan);
  const discard = () =>
    withSession(server, new AbortController().signal, (other) => dropLoaded(other, names)).catch(() => undefined);
  try {
    await load(loading);
  } catch (error) {
    await discard();
    throw error;
  }
  return { apply: () => apply(loading, settings, found), discard, how: 'replaced' };
}

async function apply(loading: Loading, settings: LandingSettings, found: FoundTable | null): Promise<PublishFinish<Published>> {
  const { session, stage, options } = loading;
  const { plan, runId, events = null } = options;
  const exists = found !== null;
  const records = await findRecordedColumns(session, plan);
  const finish =
    events === null ? await replace(loading, settings.whenTableExists, exists) : await addEvents(loading, events, exists);
  return async () => {
    const done = await finish();
    const rejected = await replaceRejected(session, stage, options);
    const { inserted = stage.rows, updated = 0, drift = options.drift ?? [] } = done;
    const published: Published = {
      ...{ inserted, updated, deleted: done.deleted, unchanged: stage.rows - inserted - updated },
      notes: [...done.notes, ...rejected],
      ...notReadOf({ ...options, drift }),
    };
    const columns = recordOf({ ...options, drift }, records, new Set(found?.columns.keys()));
    await recordPublish(session, plan, { runId, published, landed: null, columns });
    await renameColumns(session, plan, drift);
    return published;
  };
}

/** Replaces the landed rows by the loaded ones, or appends these. */
async function replace(
  { session, stage, options, names }: Loading,
  how: LandingSettings['whenTableExists'],
  exists: boolean,
): Promise<PublishFinish<Replaced>> {
  const plan = tablePlan(options.plan, options.unread);
  const { drift = [] } = options;
  if (how === 'append' && exists) return () => refillTable(session, plan, { how, drift });
  const lifted = exists && (await liftOwnPolicies(session, names.live));
  const carried = await carryOver(session, stage, options);
  const refills = how === 'truncate' && exists;
  const finish = refills ? () => refillTable(session, plan, { how, drift }) : await replaceTable(session, plan, drift);
  return async () => {
    const done = await finish();
    if (lifted) await session.run(`ALTER TABLE ${names.live} FORCE ROW LEVEL SECURITY`);
    return { ...done, deleted: done.deleted - carried.rows, notes: [...done.notes, ...carried.notes] };
  };
}

/**
 * Row security policies that are forced on the owner would hide landed rows from this transaction: they are disabled until its end. Where the role is
 * not allowed to, reading fails instead of omitting rows.
 */
async function liftOwnPolicies(session: LandingSession, live: string): Promise<boolean> {
  await session.run('SET LOCAL row_security = off');
  const { rows } = await session.query<{ forced: boolean }>(
    'SELECT relforcerowsecurity AND row_security_active(oid) AS forced FROM pg_class WHERE oid = $1::regclass',
    [live],
  );
  if (rows[0]?.forced !== true) return false;
  await session.run(`ALTER TABLE ${live} NO FORCE ROW LEVEL SECURITY`);
  return true;
}

/** Adds events to the existing table, independently of the task's setting for existing tables. */
async function addEvents({ session, options }: Loading, events: StagedEvents, exists: boolean): Promise<PublishFinish<Replaced>> {
  const plan = tablePlan(options.plan, options.unread);
  const { drift = [] } = options;
  if (exists) {
    const hasRejected = options.rejected != null;
    const merged = await mergeEvents(session, {
      plan: options.plan,
      events,
      headerColumns: LOAD_HEADER_COLUMNS,
      drift,
      hasRejected,
    });
    return async () => merged;
  }
  const finish = await replaceTable(session, plan, drift);
  return async () => {
    const { notes } = await finish();
    const kept = await keepEvents(session, plan, events);
    return { deleted: kept.deleted, notes: [...notes, ...kept.notes] };
  };
}

async function dropLoaded(session: LandingSession, names: TableNames): Promise<void> {
  await session.run(`DROP TABLE IF EXISTS ${names.staging('new')}`);
}

/** Loads all rows into a table of the staging schema, with its key, so that the swap builds nothing. */
async function load({ session, server, stage, options, names, preloaded }: Loading): Promise<void> {
  const { plan, runId, now, signal, unread } = options;
  const table = names.staging('new');
  const made = loadedTableSql(tablePlan(plan, unread), table);
  const headerValues = { at: pg.escapeLiteral(now.toISOString()), run: pg.escapeLiteral(runId) };
  const copied = await usablePreloadedFiles(stage, plan, preloaded);
  if (copied.size === 0) {
    await dropLoaded(session, names);
    await session.run(`${made.table}; ALTER TABLE ${table} ALTER hdr__loaded_at SET DEFAULT ${headerValues.at},
      ALTER hdr__run_id SET DEFAULT ${headerValues.run}`);
  } else {
    await session.run(
      `ALTER TABLE ${table} ADD hdr__loaded_at timestamptz NOT NULL DEFAULT ${headerValues.at}, ADD hdr__run_id text NOT NULL DEFAULT ${headerValues.run}`,
    );
    // Discards values that were copied before a later page could not be read.
    for (const { name, type } of tablePlan(plan, unread).columns.filter((column) =>
      unread.some((one) => one.name === column.name),
    )) {
      await session.run(`ALTER TABLE ${table} DROP COLUMN ${quote(name)}, ADD COLUMN ${quote(name)} ${POSTGRES_TYPE[type]}`);
    }
    await correctSuperseded({ session, stage, plan, table, scratch: 'load-0.csv' }, copied);
  }
  await withSession(server, signal, (second) => copyPartsNotPreloaded([session, second], { stage, plan, table }, copied));
  if (made.key !== null) await session.run(made.key);
  // The defaults were only for this run.
  await session.run(
    `ALTER TABLE ${table} ALTER hdr__loaded_at DROP DEFAULT, ALTER hdr__run_id DROP DEFAULT; ${analyzeSql(plan, table)}`,
  );
}
