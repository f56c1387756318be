import { isLogDataset, LOG_ROWS_STAY } from '#lib/domain/dataset/log-dataset.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { requireLandedKey } from '#lib/targets/database/check-loadable.ts';
import { type FoundTable, retyped } from '#lib/targets/database/found-table.ts';
import { LOAD_HEADER_COLUMNS } from '#lib/targets/database/header-columns.ts';
import { tablePlan } from '#lib/targets/database/table-plan.ts';
import { COLLATION } from '#lib/targets/mariadb/server.ts';
import { CSV_OPTIONS } from '#lib/targets/mariadb/session.ts';
import { countRows, findTable, sameKey } from '#lib/targets/mariadb/table/landed-table.ts';
import { quote } from '#lib/targets/mariadb/table/names.ts';
import { isRejectedRowSql, loadRejectedKeys } from '#lib/targets/mariadb/table/rejected-table.ts';
import { columnType, definition, fitsType } from '#lib/targets/mariadb/table/types.ts';
import { rowsWithoutValuesNote, unprovenRowsNote } from '#lib/targets/publish-notes.ts';
import type { Loading } from './loading.ts';

export interface CarriedOver {
  /** Landed rows that stay. */
  readonly rows: number;
  readonly notes: readonly string[];
}

/**
 * Before the loaded rows (in `loaded`, quoted) take the place of the landed ones: what was not read stays as it is landed. Columns that could
 * not be read get their landed values by key; rows of a log, those of parents that could not be proven complete and those that were set aside
 * are added from the landed table where the loaded one lacks their key. `checkLoadable` went before.
 */
export async function carryOver(loading: Loading, loaded: string): Promise<CarriedOver> {
  const { session, options, names } = loading;
  const { plan, unread, unproven, rejected = null } = options;
  const logs = isLogDataset(plan.dataset);
  const keepsRows = unproven !== null || rejected !== null || logs;
  if (unread.length === 0 && !keepsRows) return { rows: 0, notes: [] };
  const notes = logs ? [LOG_ROWS_STAY] : [];
  const landed = await findTable(session, names.table);
  if (landed === null) return { rows: 0, notes };
  requireLandedKey(plan, landed);
  const values = unread.map(({ name }) => name).filter((name) => landed.columns.has(name));
  const shared = tablePlan(plan, unread)
    .columns.filter(({ name }) => landed.columns.has(name))
    .map(({ name }) => name);
  await fitTypes(loading, { landed, loaded, columns: keepsRows ? shared : [...plan.key, ...values] });
  if (values.length > 0) notes.push(...(await fillValues(loading, loaded, values)));
  if (!keepsRows) return { rows: 0, notes };
  await loadUnproven(loading);
  await loadRejectedKeys(loading);
  const columns = [...shared, ...LOAD_HEADER_COLUMNS].map(quote);
  // A table of the session can be named once in a statement.
  const missing = names.temporary('gone');
  const keys = plan.key.map(quote);
  await session.run(`DROP TEMPORARY TABLE IF EXISTS ${missing}`);
  await session.run(`CREATE TEMPORARY TABLE ${missing} AS SELECT ${columns.map((name) => `l.${name}`).join(', ')}
    FROM (${lastLanded(loading, columns)}) l LEFT JOIN ${loaded} n ON ${sameKey(plan.key, 'n', 'l')}
    WHERE n.${keys[0]} IS NULL AND ${logs ? 'TRUE' : staysSql(loading, landed)}`);
  const rows = await session.run(`INSERT INTO ${loaded} (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM ${missing}`);
  if (unproven !== null && !logs) notes.push(...unprovenRowsNote(rows));
  return { rows, notes };
}

interface Fitting {
  readonly landed: FoundTable;
  readonly loaded: string;
  readonly columns: readonly string[];
}

/** Widens columns of the loaded table to what is landed, where that holds more. */
async function fitTypes({ session, options, names }: Loading, { landed, loaded, columns }: Fitting): Promise<void> {
  const plan = tablePlan(options.plan, options.unread);
  for (const column of plan.columns.filter(({ name }) => columns.includes(name))) {
    const [from, to] = [landed.columns.get(column.name), columnType(column, plan.key)];
    if (from === undefined || fitsType(from, to)) continue;
    const isUnread = options.plan.columns.every(({ name }) => name !== column.name);
    if (!fitsType(to, from) && !isUnread) throw retyped(names.table, column.name, from, to);
    await session.run(`ALTER TABLE ${loaded} MODIFY COLUMN ${definition(column.name, from)}`);
  }
}

async function fillValues(loading: Loading, loaded: string, values: readonly string[]): Promise<readonly string[]> {
  const { session, options } = loading;
  const { key } = options.plan;
  const landed = lastLanded(loading, [...key, ...values].map(quote));
  const sets = values.map((name) => `n.${quote(name)} = l.${quote(name)}`).join(', ');
  await session.run(`UPDATE ${loaded} n JOIN (${landed}) l ON ${sameKey(key, 'n', 'l')} SET ${sets}`);
  const known = `(${lastLanded(loading, key.map(quote))}) l`;
  const fresh = await countRows(
    session,
    `${loaded} n LEFT JOIN ${known} ON ${sameKey(key, 'n', 'l')} WHERE l.${quote(key[0] ?? '')} IS NULL`,
  );
  return rowsWithoutValuesNote(fresh, values);
}

/** The landed row of each key; the last one where several loads were appended. */
function lastLanded({ options, names }: Loading, columns: readonly string[]): string {
  const keys = options.plan.key.map(quote).join(', ');
  return `SELECT ${columns.join(', ')} FROM (SELECT e.*, ROW_NUMBER() OVER (PARTITION BY ${keys} ORDER BY hdr__loaded_at DESC) AS entrada__load
    FROM ${names.live} e) e WHERE entrada__load = 1`;
}

async function loadUnproven({ session, stage, options, names }: Loading): Promise<void> {
  if (options.unproven === null) return;
  const file = stage.scratchFile('unproven.csv');
  await stage.run(`COPY (SELECT DISTINCT id FROM unproven) TO ${sqlText(file)} ${CSV_OPTIONS}`);
  const table = names.temporary('unproven');
  await session.run(`DROP TEMPORARY TABLE IF EXISTS ${table}`);
  await session.run(`CREATE TEMPORARY TABLE ${table} (id varchar(255) CHARACTER SET utf8mb4 COLLATE ${COLLATION} NOT NULL)`);
  await session.load(table, '(id)', file);
}

/** Whether a landed row `l` stays: its parent could not be proven, or is not known, or a row with its key was set aside. */
function staysSql({ options, names }: Loading, landed: FoundTable): string {
  const { unproven } = options;
  const isRejected = isRejectedRowSql({ options, names }, 'l');
  if (unproven === null) return isRejected;
  if (!landed.columns.has(unproven.column)) return 'TRUE';
  const parent = `l.${quote(unproven.column)}`;
  return `(${isRejected} OR ${parent} IS NULL OR ${parent} IN (SELECT id FROM ${names.temporary('unproven')}))`;
}
