import { sideTableName } from '#lib/domain/task/side-tables.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import {
  checkOurs,
  DELETED_AT,
  dataColumns,
  type FoundTable,
  findTable,
  grantToReader,
  planDrift,
  presentRows,
  quote,
  retyped,
  type TableNames,
} from '#lib/targets/postgres/table/landed-table.ts';
import { changeTableSql, deletedAtSql, historyTableSql, landedTableSql } from '#lib/targets/postgres/table/table-ddl.ts';
import { fitsType } from '#lib/targets/postgres/table/types.ts';
import { COMPARE_COLUMNS } from './apply-changes.ts';

export interface PreparedTables {
  readonly liveTypes: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** Refuses a table that cannot be compared: created in another way, or with another key. */
export function checkComparable(plan: DatasetPlan, found: FoundTable): void {
  checkOurs(plan, found, COMPARE_COLUMNS);
  if ([...found.primaryKey].sort().join('\n') === [...plan.key].sort().join('\n')) return;
  throw new AppError({
    code: 'key-changed',
    title: `The key of ${plan.namespace}.${plan.table} is (${found.primaryKey.join(', ')}), that of the dataset is (${plan.key.join(', ')}).`,
    remedy: `Choose the old key again on the connection metadata page, or drop the table ${plan.namespace}.${plan.table} to start again. Nothing was changed.`,
    fixer: 'you',
  });
}

/**
 * Within the publishing transaction: creates missing tables, and adapts existing ones to the columns of the plan, including selected
 * columns that could not be read.
 */
export async function prepareTables(
  session: LandingSession,
  plan: DatasetPlan,
  names: TableNames,
  { history, softDelete }: { readonly history: boolean; readonly softDelete: boolean },
): Promise<PreparedTables> {
  const found = await findTable(session, plan.namespace, plan.table);
  if (found === null) await createLive(session, plan, names);
  const drift = found === null ? { alter: [], notes: [] } : planDrift(plan, found, names.live);
  for (const statement of drift.alter) await session.run(statement);
  if (softDelete && found?.columns.has(DELETED_AT) !== true) await session.run(deletedAtSql(names));
  await createChanges(session, plan, names);
  const now = await findTable(session, plan.namespace, plan.table);
  const liveTypes = now?.columns ?? new Map<string, string>();
  if (history) await prepareHistory(session, plan, names, { liveTypes, before: found });
  return { liveTypes, notes: drift.notes };
}

async function createLive(session: LandingSession, plan: DatasetPlan, names: TableNames): Promise<void> {
  await session.run(landedTableSql(plan, names));
  await grantToReader(session, names.live);
}

async function createChanges(session: LandingSession, plan: DatasetPlan, names: TableNames): Promise<void> {
  if ((await findTable(session, plan.namespace, sideTableName(plan.table, '__ct'))) !== null) return allowLoaded(session, names);
  await session.run(changeTableSql(plan, names));
  await grantToReader(session, names.changes);
}

/** Change tables of earlier versions do not allow the operation `L`. Existing rows need no check. */
async function allowLoaded(session: LandingSession, { changes }: TableNames): Promise<void> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT conname AS name FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'
       AND pg_get_constraintdef(oid) LIKE '%hdr__operation%' AND pg_get_constraintdef(oid) NOT LIKE '%''L''%'`,
    [changes],
  );
  for (const { name } of rows) {
    await session.run(`ALTER TABLE ${changes} DROP CONSTRAINT ${quote(name)},
      ADD CONSTRAINT ${quote(name)} CHECK (hdr__operation IN ('I', 'U', 'D', 'L')) NOT VALID`);
  }
}

interface LiveTable {
  readonly liveTypes: ReadonlyMap<string, string>;
  /** The table before this publish altered it; null: it is new. */
  readonly before: FoundTable | null;
}

/**
 * Adapts the history to the landed table: it gets all of its columns, including those that are not read any more. A history that is enabled later
 * starts with the landed rows.
 */
async function prepareHistory(
  session: LandingSession,
  plan: DatasetPlan,
  names: TableNames,
  { liveTypes, before }: LiveTable,
): Promise<void> {
  const there = await findTable(session, plan.namespace, sideTableName(plan.table, '__history'));
  const { table, index, view } = historyTableSql(plan, names);
  const shown = await findCurrentView(session, plan);
  if (there === null) await session.run(table);
  const found = there ?? (await findTable(session, plan.namespace, sideTableName(plan.table, '__history')));
  const late: string[] = [];
  for (const name of dataColumns(liveTypes)) {
    const [wanted = 'text', has] = [liveTypes.get(name), found?.columns.get(name)];
    const column = quote(name);
    if (has === undefined) {
      await session.run(`ALTER TABLE ${names.history} ADD COLUMN ${column} ${wanted}`);
      if (before?.columns.has(name) === true) late.push(column);
    } else if (!fitsType(wanted, has)) {
      if (!fitsType(has, wanted)) throw retyped({ ...plan, table: sideTableName(plan.table, '__history') }, name, has, wanted);
      // PostgreSQL changes no type under a view.
      await session.run(`DROP VIEW IF EXISTS ${names.current}`);
      await session.run(`ALTER TABLE ${names.history} ALTER COLUMN ${column} TYPE ${wanted} USING ${column}::${wanted}`);
    }
  }
  if (there === null) {
    const columns = dataColumns(liveTypes).map(quote).join(', ');
    await session.run(`INSERT INTO ${names.history} (${columns}, hdr__run_id, hdr__from_timestamp)
      SELECT ${columns}, hdr__run_id, hdr__updated_at FROM ${presentRows(names, { columns: liveTypes })};
      ${index}`);
    await grantToReader(session, names.history);
  } else await fillOpenVersions(session, plan, names, late);
  await showCurrent(session, plan, { view, names, shown });
}

/** The view as it was before this publish. @throws AppError `table-not-ours` */
async function findCurrentView(session: LandingSession, plan: DatasetPlan): Promise<FoundTable | null> {
  const table = sideTableName(plan.table, '__current');
  const found = await findTable(session, plan.namespace, table);
  if (found !== null) checkOurs({ ...plan, table }, found, ['hdr__from_timestamp']);
  return found;
}

/** Makes the view where it is missing, or lacks columns that the history has. */
async function showCurrent(
  session: LandingSession,
  plan: DatasetPlan,
  { view, names, shown }: { readonly view: string; readonly names: TableNames; readonly shown: FoundTable | null },
): Promise<void> {
  const now = await findCurrentView(session, plan);
  const history = await findTable(session, plan.namespace, sideTableName(plan.table, '__history'));
  if (now !== null && now.columns.size === history?.columns.size) return;
  await session.run(view);
  if (now === null || shown === null) await grantToReader(session, names.current);
}

/** Columns that the landed table had before its history: open versions get the landed values. */
async function fillOpenVersions(
  session: LandingSession,
  plan: DatasetPlan,
  names: TableNames,
  columns: readonly string[],
): Promise<void> {
  if (columns.length === 0) return;
  const same = plan.key.map((name) => `entrada__h.${quote(name)} = entrada__t.${quote(name)}`).join(' AND ');
  await session.run(`UPDATE ${names.history} entrada__h SET ${columns.map((name) => `${name} = entrada__t.${name}`).join(', ')}
    FROM ${names.live} entrada__t WHERE ${same} AND entrada__h.hdr__to_timestamp IS NULL`);
}
