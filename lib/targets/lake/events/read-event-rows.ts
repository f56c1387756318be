import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cell, DatasetDefinition, RowsDto } from '#lib/domain/dataset/dataset.ts';
import { eventFacts } from '#lib/domain/dataset/event-dataset.ts';
import { sqlName } from '#lib/reload/parse/sql/sql-text.ts';
import type { LakeStore } from '#lib/targets/lake/lake-store.ts';
import type { RowsPage } from '#lib/targets/target.ts';
import type { EventFile, EventState } from './event-state.ts';
import { type LandedColumns, landedEventsSql } from './landed-events.ts';

/** Landed events, newest days first; reads only the files of the page. */
export async function readEventRows(
  store: LakeStore,
  state: EventState,
  { dataset, page }: { readonly dataset: DatasetDefinition; readonly page: RowsPage },
): Promise<RowsDto> {
  const total = state.files.reduce((rows, file) => rows + file.rows, 0);
  const files = newestFiles(state.files, page.offset + page.limit);
  const columns = files
    .flatMap(({ schema }) => state.schemas[schema] ?? [])
    .filter(({ name }, at, all) => all.findIndex((one) => one.name === name) === at);
  if (columns.length === 0) return { columns: [], rows: [], total };
  const folder = await mkdtemp(join(tmpdir(), 'entrada-rows-'));
  // Imported at first use, as in read-rows.ts.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '256MB', threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run("SET timezone = 'UTC'").catch(() => undefined);
    const parts: string[] = [];
    for (const file of files) {
      const { format, compression, csv } = file;
      const landed = { format, compression, csv, columns: state.schemas[file.schema] ?? [] };
      const rows = landedEventsSql([await store.download(file.name, folder)], landed);
      parts.push(`SELECT ${landed.columns.map((column) => cellOf(column, landed)).join(', ')} FROM (${rows})`);
    }
    const answer = await connection.runAndReadAll(
      `SELECT ${columns.map(({ name }) => sqlName(name)).join(', ')} FROM (${parts.join(' UNION ALL BY NAME ')}) ${orderOf(dataset, columns)}
       LIMIT ${page.limit} OFFSET ${page.offset}`,
    );
    return { columns, rows: answer.getRowsJson() as Cell[][], total };
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

function newestFiles(files: readonly EventFile[], rows: number): readonly EventFile[] {
  const chosen: EventFile[] = [];
  let found = 0;
  let day = '';
  for (const file of files.toSorted((a, b) => (a.date < b.date ? 1 : -1))) {
    // Reads all files of a day, since events are sorted across them.
    if (found >= rows && file.date !== day) break;
    chosen.push(file);
    found += file.rows;
    day = file.date;
  }
  return chosen;
}

function orderOf(dataset: DatasetDefinition, columns: LandedColumns['columns']): string {
  const time = dataset.columns.find(({ sourcePath }) => sourcePath === eventFacts(dataset)?.time)?.name;
  return columns.some(({ name }) => name === time) ? `ORDER BY ${sqlName(time ?? '')} DESC` : '';
}

function cellOf({ name, type }: LandedColumns['columns'][number], { format }: LandedColumns): string {
  const column = sqlName(name);
  if (format !== 'csv' && (type === 'boolean' || type === 'int32' || type === 'double')) return column;
  if (format === 'parquet' && type === 'binary') return `to_base64(${column}) AS ${column}`;
  return `CAST(${column} AS VARCHAR) AS ${column}`;
}
