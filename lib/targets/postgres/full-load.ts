import pg from 'pg';
import type { LandingSettings } from '#lib/domain/task.ts';
import type { DatasetPlan } from '#lib/reload/plan.ts';
import type { Published, PublishOptions, Sink } from '#lib/reload/sink.ts';
import { sqlText } from '#lib/reload/sql-text.ts';
import type { Stage } from '#lib/reload/stage.ts';
import { CSV } from './compare-stage.ts';
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
} from './landed-table.ts';
import type { LandingSession } from './landing-session.ts';
import { findRecorded, record } from './published.ts';
import { withSession } from './reload-and-compare.ts';
import { keyName, loadedTableSql } from './table-ddl.ts';
import { copyExpression } from './types.ts';

/** Columns of Entrada's own in a fully loaded table. */
const LOAD_COLUMNS = ['hdr__loaded_at', 'hdr__run_id'] as const;

/**
 * Full load: rows are loaded beside the live table, with its key, and one short transaction puts them in its place. Readers see the old or
 * the new table, never neither.
 */
export function createFullLoadSink(landingUrl: string, settings: LandingSettings): Sink {
  return {
    findPublished: (plan, runId, signal) => withSession(landingUrl, signal, (session) => findRecorded(session, plan, runId)),
    publish: (stage, options) =>
      withSession(landingUrl, options.signal, async (session) => {
        await lockTable(session, options.plan);
        const before = await findRecorded(session, options.plan, options.runId);
        return before ?? (await publish(session, landingUrl, stage, options, settings));
      }),
  };
}

async function publish(
  session: LandingSession,
  landingUrl: string,
  stage: Stage,
  options: PublishOptions,
  settings: LandingSettings,
): Promise<Published> {
  const { plan, runId } = options;
  const names = namesOf(plan);
  const found = await findTable(session, plan.place, plan.table);
  if (found !== null) checkOurs(plan, found, LOAD_COLUMNS);
  await ensureStagingSchema(session);
  try {
    await load(session, landingUrl, stage, options, names);
    return await session.transaction(
      async () => {
        await ensureSchema(session, plan);
        const replace = settings.whenTableExists === 'drop-and-create' || found === null;
        const done = replace
          ? await swap(session, plan, names)
          : await refill(session, plan, names, settings.whenTableExists === 'truncate');
        const published = { inserted: stage.rows, updated: 0, deleted: done.deleted, unchanged: 0, notes: done.notes };
        await record(session, plan, { runId, published, landed: null });
        return published;
      },
      (other) => findRecorded(other, plan, runId),
    );
  } finally {
    await withSession(landingUrl, new AbortController().signal, (other) => dropLoaded(other, names)).catch(() => undefined);
  }
}

async function dropLoaded(session: LandingSession, names: TableNames): Promise<void> {
  await session.run(`DROP TABLE IF EXISTS ${names.staging('new')}`);
}

/** All rows into a table of the staging schema, key and statistics included: the swap has nothing left to build. */
async function load(
  session: LandingSession,
  landingUrl: string,
  stage: Stage,
  { plan, runId, now, signal }: PublishOptions,
  names: TableNames,
): Promise<void> {
  await dropLoaded(session, names);
  const table = names.staging('new');
  const made = loadedTableSql(plan, table);
  await session.run(`${made.table}; ALTER TABLE ${table} ALTER hdr__loaded_at SET DEFAULT ${pg.escapeLiteral(now.toISOString())},
    ALTER hdr__run_id SET DEFAULT ${pg.escapeLiteral(runId)}`);
  await withSession(landingUrl, signal, (second) => copyRows([session, second], stage, plan, table));
  if (made.key !== null) await session.run(made.key);
  // The defaults belonged to this run alone.
  await session.run(`ALTER TABLE ${table} ALTER hdr__loaded_at DROP DEFAULT, ALTER hdr__run_id DROP DEFAULT; ANALYZE ${table}`);
}

/**
 * Part by part, over every session at once: while one part is written as CSV another one is copied. What was copied stays when one fails;
 * the table is thrown away then.
 */
async function copyRows(sessions: readonly LandingSession[], stage: Stage, plan: DatasetPlan, table: string): Promise<void> {
  const { parts, late } = await stage.parts();
  const values = plan.columns.map(copyExpression).join(', ');
  const target = `${table} (${plan.columns.map((column) => quote(column.name)).join(', ')})`;
  const waiting = [...parts.map(({ file }) => [file]), ...(late > 0 ? [[]] : [])];
  const copyNext = async (session: LandingSession, index: number): Promise<void> => {
    const file = stage.scratchFile(`load-${index}.csv`);
    for (let files = waiting.shift(); files !== undefined; files = waiting.shift()) {
      const rows = await stage.selectRows(files, files.length === 0);
      await stage.runApart(`COPY (SELECT ${values} FROM (${rows})) TO ${sqlText(file)} ${CSV}`);
      await session.copyIn(target, file);
    }
  };
  const copies = await Promise.allSettled(sessions.map(copyNext));
  for (const copy of copies) if (copy.status === 'rejected') throw copy.reason;
}

interface Replaced {
  readonly deleted: number;
  readonly notes: readonly string[];
}

async function swap(session: LandingSession, plan: DatasetPlan, names: TableNames): Promise<Replaced> {
  const deleted = await countRows(session, plan, names);
  await session.run(`DROP TABLE IF EXISTS ${names.live}; ALTER TABLE ${names.staging('new')} SET SCHEMA ${names.schema};
    ALTER TABLE ${names.schema}.${quote(names.stagingName('new'))} RENAME TO ${quote(plan.table)}`);
  await grantToReader(session, plan, names.live);
  return { deleted, notes: [] };
}

/** Truncate or append: the table that people hang views and grants on stays. */
async function refill(session: LandingSession, plan: DatasetPlan, names: TableNames, truncate: boolean): Promise<Replaced> {
  const found = await findTable(session, plan.place, plan.table);
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
  if ((await findTable(session, plan.place, plan.table)) === null) return 0;
  const { rows } = await session.query<{ count: string }>(`SELECT count(*) AS count FROM ${names.live}`);
  return Number(rows[0]?.count ?? 0);
}
