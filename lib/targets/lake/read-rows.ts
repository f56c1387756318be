import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cell, DatasetDefinition, RowsDto } from '#lib/domain/dataset/dataset.ts';
import { CsvSettings } from '#lib/domain/task/task.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { notLanded } from '#lib/targets/not-landed.ts';
import type { RowsPage } from '#lib/targets/target.ts';
import { readEventState } from './events/event-state.ts';
import { readEventRows } from './events/read-event-rows.ts';
import type { LakeStore } from './lake-store.ts';
import { type Manifest, pathOf, readLatest } from './versions.ts';

/**
 * Rows of the version that `latest` points at, in key order.
 * @throws AppError `not-landed-yet`
 */
export async function readLakeRows(store: LakeStore, dataset: DatasetDefinition, page: RowsPage): Promise<RowsDto> {
  const events = await readEventState(store);
  if (events !== null) return readEventRows(store, events, { dataset, page });
  const latest = await readLatest(store);
  if (latest === null) throw notLanded(dataset);
  const { manifest, version } = latest;
  const folder = await mkdtemp(join(tmpdir(), 'entrada-rows-'));
  try {
    const files: string[] = [];
    for (const file of manifest.files) files.push(await store.download(pathOf(version, file), folder));
    return {
      columns: manifest.columns.map(({ name, type }) => ({ name, type })),
      rows: await readFiles(files, manifest, page),
      total: manifest.rows,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readFiles(files: readonly string[], manifest: Manifest, page: RowsPage): Promise<Cell[][]> {
  const { from, cell } = LAKE_READER[manifest.format];
  const cells = manifest.columns.map(cell);
  const keys = manifest.columns.filter((column) => column.key).map(({ name }) => sqlName(name));
  const order = keys.length === 0 ? '' : `ORDER BY ${keys.join(', ')}`;
  const rows = from(`[${files.map(sqlText).join(', ')}]`, manifest);
  // Imported at first use: saves 30 MB in a web process that never reads a lake.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '256MB', threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run("SET timezone = 'UTC'").catch(() => undefined);
    const answer = await connection.runAndReadAll(
      `SELECT ${cells.join(', ')} FROM ${rows} ${order} LIMIT ${page.limit} OFFSET ${page.offset}`,
    );
    return answer.getRowsJson() as Cell[][];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Maximum length of a displayed line of a CSV file, bytes. */
const CSV_LINE_MAX = 16 * 2 ** 20;

/** Name of the compression in DuckDB's readers. */
const READ_COMPRESSION = { none: "'uncompressed'", gzip: "'gzip'", zstd: "'zstd'" } as const;

type LakeColumn = Manifest['columns'][number];

const asText = ({ name }: LakeColumn): string => `CAST(${sqlName(name)} AS VARCHAR)`;

/** How DuckDB reads each format: Parquet has types; CSV and JSON lines are shown as text. */
const LAKE_READER = {
  parquet: {
    from: (files: string) => `read_parquet(${files})`,
    cell: (column: LakeColumn) => {
      if (column.type === 'boolean' || column.type === 'int32' || column.type === 'double') return sqlName(column.name);
      return column.type === 'binary' ? `to_base64(${sqlName(column.name)})` : asText(column);
    },
  },
  csv: {
    // Fixed options instead of detection: empty text is quoted, null is not, and a line may have any length.
    from: (files: string, { columns, csv = CsvSettings.parse({}), compression = 'none' }: Manifest) =>
      `read_csv(${files}, header = ${csv.header}, auto_detect = false, delim = ${sqlText(csv.delimiter)}, quote = ${sqlText(csv.quote)},
        escape = ${sqlText(csv.quote)}, nullstr = ${sqlText(csv.nullText)}, compression = ${READ_COMPRESSION[compression]}, allow_quoted_nulls = false,
        max_line_size = ${CSV_LINE_MAX}, buffer_size = ${CSV_LINE_MAX}, columns = {${columns.map(({ name }) => `${sqlText(name)}: 'VARCHAR'`).join(', ')}})`,
    cell: asText,
  },
  jsonl: {
    from: (files: string, { columns, compression = 'none' }: Manifest) => {
      const types = columns.map(({ name, type }) => `${sqlText(name)}: ${sqlText(type === 'json' ? 'JSON' : 'VARCHAR')}`);
      return `read_json(${files}, format = newline_delimited, compression = ${READ_COMPRESSION[compression]}, columns = {${types.join(', ')}})`;
    },
    cell: asText,
  },
} satisfies Record<Manifest['format'], unknown>;
