import type { Cell, DatasetDefinition, RowsDto } from '#lib/domain/dataset/dataset.ts';
import { RUN_ID_COLUMN } from '#lib/targets/database/header-columns.ts';
import type { MariadbTarget } from '#lib/targets/mariadb/server.ts';
import { withSession } from '#lib/targets/mariadb/session.ts';
import { findTable } from '#lib/targets/mariadb/table/landed-table.ts';
import { quote, tableName } from '#lib/targets/mariadb/table/names.ts';
import { shownText } from '#lib/targets/mariadb/table/types.ts';
import { notLanded } from '#lib/targets/not-landed.ts';
import type { RowsPage } from '#lib/targets/target.ts';

/** For the order of rows without a key alone. */
const HIDDEN = 'hdr__row_number';
const READ_MS = 20_000;

/**
 * Landed rows of a table in key order, with the header columns.
 * @throws AppError `not-landed-yet`, also for a table that Entrada did not land.
 */
export async function readTableRows(
  target: MariadbTarget,
  schema: string,
  dataset: DatasetDefinition,
  page: RowsPage,
): Promise<RowsDto> {
  const name = tableName(target.settings, schema, dataset.name);
  return withSession(target, AbortSignal.timeout(READ_MS), async (session) => {
    const found = await findTable(session, name);
    if (found === null || !found.columns.has(RUN_ID_COLUMN)) throw notLanded(dataset);
    const known = new Map(dataset.columns.map((column) => [column.name, column.type]));
    const columns = [...found.columns].filter(([column]) => column !== HIDDEN);
    const keys = dataset.columns
      .filter(({ key, name: column }) => key && found.columns.has(column))
      .map((column) => quote(column.name));
    const order = [...keys, ...(found.columns.has(HIDDEN) ? [HIDDEN] : [])];
    const cells = columns.map(([column, type], index) => `${shownText(type, quote(column))} AS c${index}`);
    // Both in one view of the database.
    await session.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const rows = await session.query(
      `SELECT ${cells.join(', ')} FROM ${quote(name)} ${order.length === 0 ? '' : `ORDER BY ${order.join(', ')}`} LIMIT ? OFFSET ?`,
      [page.limit, page.offset],
    );
    const [counted] = await session.query(`SELECT COUNT(*) AS total FROM ${quote(name)}`);
    return {
      columns: columns.map(([column, type]) => ({ name: column, type: known.get(column) ?? headerType(type) })),
      rows: rows.map((row) => columns.map(([, type], index) => cellOf(type, row[`c${index}`] ?? null))),
      total: Number(counted?.['total'] ?? 0),
    };
  });
}

/** Booleans and numbers that JSON holds exactly as such, everything else as text. */
function cellOf(type: string, value: string | number | null): Cell {
  if (value === null) return null;
  if (type === 'tinyint(1)') return value === 'true';
  return type === 'int(11)' || type === 'double' ? Number(value) : String(value);
}

function headerType(type: string): RowsDto['columns'][number]['type'] {
  if (type.startsWith('datetime')) return 'dateTimeOffset';
  return type.startsWith('bigint') ? 'int64' : 'string';
}
