import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { ChangeDto } from '#lib/domain/run/run.ts';
import { versionFolder } from '#lib/domain/task/lake-folder.ts';
import type { PublishOptions } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { PARQUET_OPTIONS } from '#lib/reload/stage/parts/parquet-writer-pool.ts';
import { LETTER, OPERATION } from '#lib/targets/change-letters.ts';
import type { LakeStore } from '#lib/targets/lake/lake-store.ts';
import type { ChangesFilter, ChangesPage } from '#lib/targets/target.ts';
import { type LandedTable, landedRowsSql } from './compare-rows.ts';

/** Folder of the changes of each run: it begins with an underscore, so that readers of tables leave it out. */
const CHANGES_FOLDER = '_changes';

/** Sorts by time, as its version does. */
export function changeFileName(version: string): string {
  return `${CHANGES_FOLDER}/${version.replace(/^v=/, '')}.parquet`;
}

interface Changes {
  readonly store: LakeStore;
  readonly stage: StagedRows;
  readonly version: string;
  readonly options: PublishOptions;
}

/**
 * One row for each insert, update and delete that `compareRows` found, with the columns of a change table in a database: operation, key, names
 * of the changed columns, and the row before and after as JSON.
 * @param changed places of the files of which rows were updated or deleted
 */
export async function writeChanges(
  changes: Changes,
  { table, changed }: { readonly table: LandedTable; readonly changed: readonly number[] },
): Promise<void> {
  const { plan } = changes.options;
  const landed =
    changed.length === 0
      ? 'SELECT * FROM entrada__changed WHERE false'
      : `SELECT l.* FROM (${landedRowsSql(table, changed)}) l JOIN (SELECT entrada__file, entrada__row FROM entrada__diff WHERE op <> 'I') d
          ON d.entrada__file = l.entrada__file AND d.entrada__row = l.entrada__row`;
  const known = table.columns.filter(({ name }) => changed.length > 0 || plan.columns.some((column) => column.name === name));
  const [before, after] = [jsonSql(known, 'l'), jsonSql(plan.columns, 's')];
  const keys = plan.key.map((name) => `coalesce(s.${sqlName(name)}, l.${sqlName(name)}) AS ${sqlName(name)}`);
  const differs = plan.columns.flatMap(({ name }) =>
    known.some((column) => column.name === name)
      ? [`CASE WHEN s.${sqlName(name)} IS DISTINCT FROM l.${sqlName(name)} THEN ${sqlText(name)} END`]
      : [`CASE WHEN s.${sqlName(name)} IS NOT NULL THEN ${sqlText(name)} END`],
  );
  const operation = `CASE WHEN s.entrada__op IS NULL THEN 'D' ELSE s.entrada__op END`;
  await write(
    changes,
    `SELECT ${[
      ...headSql(changes.options, operation),
      ...keys,
      `CASE WHEN s.entrada__op = 'U' THEN list_filter([${differs.join(', ')}], name -> name IS NOT NULL) END AS hdr__changed_columns`,
      `CASE WHEN l.entrada__file IS NOT NULL THEN ${before} END AS hdr__before`,
      `CASE WHEN s.entrada__op IS NOT NULL THEN ${after} END AS hdr__after`,
    ].join(', ')}
    FROM entrada__changed s FULL OUTER JOIN (${landed}) l ON l.entrada__file = s.entrada__file AND l.entrada__row = s.entrada__row`,
  );
}

/** All rows are new: one row says how many, as in a database. */
export async function writeFirstChange(changes: Changes): Promise<void> {
  const { options, stage } = changes;
  const keys = options.plan.columns.filter(({ name }) => options.plan.key.includes(name)).map(({ name }) => `s.${sqlName(name)}`);
  await write(
    changes,
    `SELECT ${[
      ...headSql(options, "'L'"),
      ...keys,
      'CAST(NULL AS VARCHAR[]) AS hdr__changed_columns',
      'CAST(NULL AS JSON) AS hdr__before',
      `CAST(to_json({rows: ${stage.rows}}) AS JSON) AS hdr__after`,
    ].join(', ')} FROM (SELECT 1) LEFT JOIN (SELECT * FROM staged LIMIT 0) s ON true`,
  );
}

function headSql({ runId, now }: PublishOptions, operation: string): readonly string[] {
  return [
    `${sqlText(runId)} AS hdr__run_id`,
    `TIMESTAMPTZ ${sqlText(now.toISOString())} AS hdr__changed_at`,
    `${operation} AS hdr__operation`,
  ];
}

/** A row as JSON, its JSON columns as they are. */
function jsonSql(columns: readonly Pick<Column, 'name' | 'type'>[], of: string): string {
  const members = columns.map(({ name, type }) => {
    const value = `${of}.${sqlName(name)}`;
    if (type === 'binary') return `${sqlText(name)}, to_base64(${value})`;
    return `${sqlText(name)}, ${type === 'json' ? `CAST(${value} AS JSON)` : value}`;
  });
  return `json_object(${members.join(', ')})`;
}

async function write({ store, stage, version }: Changes, query: string): Promise<void> {
  const file = stage.scratchFile('lake-changes.parquet');
  await rm(file, { force: true });
  await stage.run(`COPY (${query}) TO ${sqlText(file)} (${PARQUET_OPTIONS})`);
  await store.upload(file, changeFileName(version));
  await rm(file, { force: true });
}

/** Removes the files of runs that died before they were visible, and those that are older than the task keeps versions. */
export async function removeOldChanges(
  store: LakeStore,
  kept: { readonly version: string; readonly before: string | null; readonly daysKept: number | null; readonly now: Date },
): Promise<void> {
  const [own, before] = [changeFileName(kept.version), kept.before === null ? '' : changeFileName(kept.before)];
  const oldest =
    kept.daysKept === null ? '' : changeFileName(versionFolder(new Date(kept.now.getTime() - kept.daysKept * 86_400_000), ''));
  for (const name of await store.list(`${CHANGES_FOLDER}/`))
    if (name !== own && (name > before || name < oldest)) await store.delete(name);
}

/** What a run changed, out of its file; nothing where there is none. */
export async function readLakeChanges(
  store: LakeStore,
  dataset: DatasetDefinition,
  { runId, operation, limit }: ChangesFilter,
): Promise<ChangesPage> {
  const name = (await store.list(`${CHANGES_FOLDER}/`)).find((candidate) => candidate.endsWith(`-${runId}.parquet`));
  if (name === undefined) return { changes: [], total: 0 };
  const keys = dataset.columns.filter(({ key }) => key).map((column) => `CAST(${sqlName(column.name)} AS VARCHAR)`);
  const wanted = operation === null ? 'true' : `hdr__operation IN ('L', '${LETTER[operation]}')`;
  const folder = await mkdtemp(join(tmpdir(), 'entrada-changes-'));
  // Loaded by the first look, as in read-rows.ts.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '256MB', threads: '1' });
  const connection = await instance.connect();
  try {
    const file = sqlText(await store.download(name, folder));
    const answer = await connection.runAndReadAll(
      `SELECT hdr__operation, CAST(epoch_ms(hdr__changed_at) AS VARCHAR), concat_ws(' / ', ${["''", ...keys].slice(keys.length === 0 ? 0 : 1).join(', ')}),
         CAST(to_json(hdr__changed_columns) AS VARCHAR), CAST(hdr__before AS VARCHAR), CAST(hdr__after AS VARCHAR), CAST(count(*) OVER () AS VARCHAR)
       FROM read_parquet(${file}) WHERE ${wanted} ORDER BY 1, 3 LIMIT ${limit}`,
    );
    return pageOf(answer.getRowsJson() as (string | null)[][], { runId, operation });
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

function pageOf(
  rows: readonly (readonly (string | null)[])[],
  { runId, operation }: Pick<ChangesFilter, 'runId' | 'operation'>,
): ChangesPage {
  const loadedBy = rows.find(([letter]) => letter === 'L');
  if (loadedBy !== undefined) {
    const loaded = operation === null || operation === 'insert' ? Number(JSON.parse(loadedBy[5] ?? '{}').rows) : 0;
    return { changes: [], total: loaded, ...(loaded === 0 ? {} : { loaded }) };
  }
  const changes = rows.map(
    ([letter, at, key, columns, before, after]): ChangeDto => ({
      operation: OPERATION[letter as keyof typeof OPERATION],
      changedAt: new Date(Number(at)).toISOString(),
      ...{ runId, key: key ?? '', changedColumns: JSON.parse(columns ?? '[]') ?? [] },
      before: JSON.parse(before ?? 'null'),
      after: JSON.parse(after ?? 'null'),
    }),
  );
  return { changes, total: Number(rows[0]?.[6] ?? 0) };
}
