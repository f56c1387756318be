import { DuckDBInstance } from '@duckdb/node-api';
import pg from 'pg';
import type { Cell, DatasetDefinition, RowsDto } from '#lib/domain/dataset/dataset.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import { AppError } from '#lib/platform/errors.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql-text.ts';
import { openLakeFolder } from '#lib/targets/lake/reload.ts';
import { type Manifest, readLatest } from '#lib/targets/lake/versions.ts';
import { toLandingError } from '#lib/targets/postgres/landing-error.ts';

/** Column of every table that Entrada landed. */
const LANDED_MARK = 'hdr__run_id';

/** Where landed rows are. */
export interface LandedPlaces {
  readonly landingUrl: string | null;
  readonly lakeDir: string;
}

export interface RowsPage {
  readonly offset: number;
  readonly limit: number;
}

/**
 * Landed rows in key order, with Entrada's own columns; of a lake those of the version that `latest` points at.
 * @throws AppError `not-landed-yet`
 */
export async function readLanded(
  places: LandedPlaces,
  target: TaskTarget,
  dataset: DatasetDefinition,
  page: RowsPage,
): Promise<RowsDto> {
  if (target.method === 'reload') return readLake(places.lakeDir, target.settings.folder, dataset, page);
  return readTable(places, target.settings.schema, dataset, page);
}

async function readTable(
  { landingUrl }: LandedPlaces,
  schema: string,
  dataset: DatasetDefinition,
  page: RowsPage,
): Promise<RowsDto> {
  return withLanding(landingUrl, async (client) => {
    const { rows: found } = await client.query<{ name: string; type: string }>(
      `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position`,
      [schema, dataset.name],
    );
    // A table of somebody else, or of the application, is never shown, whatever a task names.
    if (!found.some(({ name }) => name === LANDED_MARK)) throw notLanded(dataset);
    const known = new Map(dataset.columns.map((column) => [column.name, column]));
    const names = new Set(found.map(({ name }) => name));
    const keys = dataset.columns
      .filter((column) => column.key && names.has(column.name))
      .map(({ name }) => pg.escapeIdentifier(name));
    const order = keys.length === 0 ? '' : `ORDER BY ${keys.join(', ')}`;
    const table = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(dataset.name)}`;
    // Everything as text but numbers and booleans: exact, and small enough for a page.
    const cells = found.map(
      ({ name, type }) => `${pg.escapeIdentifier(name)}${/^(boolean|integer|double precision)$/.test(type) ? '' : '::text'}`,
    );
    const { rows } = await client.query({
      text: `SELECT ${cells.join(', ')} FROM ${table} ${order} OFFSET $1 LIMIT $2`,
      values: [page.offset, page.limit],
      rowMode: 'array',
    });
    const { rows: counted } = await client.query<{ total: string }>(`SELECT count(*) AS total FROM ${table}`);
    return {
      columns: found.map(({ name, type }) => ({ name, type: known.get(name)?.type ?? headerType(type) })),
      rows: rows as Cell[][],
      total: Number(counted[0]?.total ?? 0),
    };
  });
}

function headerType(type: string): RowsDto['columns'][number]['type'] {
  if (type.startsWith('timestamp')) return 'dateTimeOffset';
  return type === 'bigint' ? 'int64' : 'string';
}

async function readLake(lakeDir: string, folder: string, dataset: DatasetDefinition, page: RowsPage): Promise<RowsDto> {
  const store = openLakeFolder(lakeDir, folder, dataset.name);
  const latest = await readLatest(store);
  if (latest === null) throw notLanded(dataset);
  const { manifest, version } = latest;
  const files = manifest.files.map((file) => sqlText(store.path(version, file.name))).join(', ');
  const { from, cell } = LAKE_READER[manifest.format];
  const cells = manifest.columns.map(cell);
  const keys = manifest.columns.filter((column) => column.key).map(({ name }) => sqlName(name));
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '256MB', threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run("SET timezone = 'UTC'").catch(() => undefined);
    const answer = await connection.runAndReadAll(
      `SELECT ${cells.join(', ')} FROM ${from(`[${files}]`, manifest)} ${keys.length === 0 ? '' : `ORDER BY ${keys.join(', ')}`} LIMIT ${page.limit} OFFSET ${page.offset}`,
    );
    return {
      columns: manifest.columns.map(({ name, type }) => ({ name, type })),
      rows: answer.getRowsJson() as Cell[][],
      total: manifest.rows,
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

type LakeColumn = Manifest['columns'][number];

const asText = ({ name }: LakeColumn): string => `CAST(${sqlName(name)} AS VARCHAR)`;

/** How DuckDB reads a format: Parquet knows its types; the texts of the others are shown as they stand. */
const LAKE_READER = {
  parquet: {
    from: (files: string) => `read_parquet(${files})`,
    cell: (column: LakeColumn) => {
      if (column.type === 'boolean' || column.type === 'int32' || column.type === 'double') return sqlName(column.name);
      return column.type === 'binary' ? `to_base64(${sqlName(column.name)})` : asText(column);
    },
  },
  csv: { from: (files: string) => `read_csv(${files}, all_varchar = true, header = true)`, cell: asText },
  jsonl: {
    from: (files: string, { columns }: Manifest) => {
      const types = columns.map(({ name, type }) => `${sqlText(name)}: ${sqlText(type === 'json' ? 'JSON' : 'VARCHAR')}`);
      return `read_json(${files}, format = newline_delimited, columns = {${types.join(', ')}})`;
    },
    cell: asText,
  },
} satisfies Record<Manifest['format'], unknown>;

/** A short, read-only look into the landing database. */
export async function withLanding<T>(landingUrl: string | null, work: (client: pg.Client) => Promise<T>): Promise<T> {
  if (landingUrl === null) {
    throw new AppError({
      code: 'no-landing',
      title: 'There is no landing database.',
      remedy: 'Set ENTRADA_LANDING_URL.',
      fixer: 'operator',
    });
  }
  const client = new pg.Client({ connectionString: landingUrl, statement_timeout: 20_000, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    await client.query("SET timezone = 'UTC'; SET datestyle = 'ISO'; SET default_transaction_read_only = on");
    return await work(client);
  } catch (error) {
    throw toLandingError(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function notLanded(dataset: DatasetDefinition): AppError {
  return new AppError({
    code: 'not-landed-yet',
    title: `${dataset.title} has not been landed by this task yet.`,
    remedy: 'Run the task; the rows appear here when it is done.',
    fixer: 'you',
  });
}
