import type { Cell, Column, DatasetDefinition, RowsDto } from '#lib/domain/dataset/dataset.ts';
import { type LandedTable, landedColumns } from '#lib/reload/engine/drift/landed-table.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { EventCursor, Published } from '#lib/reload/engine/sink.ts';
import { sqlName } from '#lib/reload/parse/sql/sql-text.ts';
import { notLanded } from '#lib/targets/not-landed.ts';
import type { RowsPage } from '#lib/targets/target.ts';
import { fileExists } from './database-file.ts';
import { findColumns, findPublished, fitsType, typeOf } from './load-table.ts';
import { findEventCursor } from './merge-events.ts';

type Query = (sql: string) => Promise<readonly (readonly unknown[])[]>;

/** Opens the file read-only; returns null where there is none. */
async function reading<T>(path: string, work: (query: Query) => Promise<T>): Promise<T | null> {
  if (!(await fileExists(path))) return null;
  // Imported at first use, as in the reader of lakes.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY', memory_limit: '256MB', threads: '1' });
  try {
    const connection = await instance.connect();
    try {
      await connection.run("SET timezone = 'UTC'").catch(() => undefined);
      return await work(async (sql) => (await connection.runAndReadAll(sql)).getRowsJson());
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}

/** What a run published into a table; null: nothing. */
export function readPublished(path: string, table: string, runId: string): Promise<Published | null> {
  return reading(path, async (query) => {
    const [row] = await query('SELECT current_database()');
    return findPublished({ query }, String(row?.[0]), table, runId);
  });
}

/** How far the events of a table were read; null: nothing is known. */
export function readEventCursor(path: string, table: string): Promise<EventCursor | null> {
  return reading(path, async (query) => {
    const [row] = await query('SELECT current_database()');
    return findEventCursor({ query }, String(row?.[0]), table);
  });
}

/** The table of a dataset; null where there is none. */
export function readLanded(path: string, plan: DatasetPlan, isReplaced: boolean): Promise<LandedTable | null> {
  return reading(path, async (query): Promise<LandedTable | null> => {
    const [row] = await query('SELECT current_database()');
    const { types, records, unread } = await findColumns({ query }, String(row?.[0]), plan.table);
    if (types.size === 0) return null;
    // A column that could not be read when the table was made is not new.
    const missing = plan.columns.filter(({ name }) => unread.includes(name) && !types.has(name));
    const all = new Map([...types, ...missing.map(({ name, type }) => [name, typeOf(type)] as const)]);
    return {
      label: plan.table,
      columns: landedColumns(all, records),
      ...{ isReplaced, renames: 'at-end', drops: true, ignoresCase: true, converts: true },
      typeOf: ({ type }) => typeOf(type),
      fits: fitsType,
    };
  });
}

const OWN: readonly Pick<Column, 'name' | 'type'>[] = [
  { name: 'hdr__loaded_at', type: 'dateTimeOffset' },
  { name: 'hdr__run_id', type: 'string' },
];

/** Rows of the table, in key order. @throws AppError `not-landed-yet` */
export async function readTable(path: string, dataset: DatasetDefinition, page: RowsPage): Promise<RowsDto> {
  const rows = await reading(path, async (query) => {
    const described = await query(
      `SELECT column_name FROM duckdb_columns() WHERE table_name = '${dataset.name.replaceAll("'", "''")}'`,
    );
    const names = new Set(described.map(([name]) => String(name)));
    if (names.size === 0) return null;
    const columns = [...dataset.columns, ...OWN].filter(({ name }) => names.has(name));
    const keys = dataset.columns.filter(({ key, name }) => key && names.has(name)).map(({ name }) => sqlName(name));
    const order = keys.length === 0 ? '' : `ORDER BY ${keys.join(', ')}`;
    const table = sqlName(dataset.name);
    const [total] = await query(`SELECT count(*) FROM ${table}`);
    const cells = await query(
      `SELECT ${columns.map(cell).join(', ')} FROM ${table} ${order} LIMIT ${page.limit} OFFSET ${page.offset}`,
    );
    return {
      columns: columns.map(({ name, type }) => ({ name, type })),
      rows: cells as Cell[][],
      total: Number(total?.[0] ?? 0),
    };
  });
  if (rows === null) throw notLanded(dataset);
  return rows;
}

function cell({ name, type }: Pick<Column, 'name' | 'type'>): string {
  if (type === 'boolean' || type === 'int32' || type === 'double') return sqlName(name);
  return type === 'binary' ? `to_base64(${sqlName(name)})` : `CAST(${sqlName(name)} AS VARCHAR)`;
}
