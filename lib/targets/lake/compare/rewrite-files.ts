import { rm } from 'node:fs/promises';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { columnStats } from '#lib/targets/lake/open-tables/column-stats.ts';
import { copyOptions } from '#lib/targets/lake/types.ts';
import type { ReadyFile } from '#lib/targets/lake/upload-files.ts';
import type { Manifest } from '#lib/targets/lake/versions.ts';
import type { NewVersion } from '#lib/targets/lake/write-version.ts';
import { type LandedTable, landedRowsSql, nullSql } from './compare-rows.ts';

/** Rows of a new file at most. */
const FILE_ROWS = 1_000_000;
/** A file below this share of the largest size is small; as many small ones may be there before they are put together. */
const SMALL_SHARE = 4;
const SMALL_FILES_MAX = 8;

type LakeFile = Manifest['files'][number];

/** What becomes of the files of a table. */
export interface FilesPlan {
  /** They stay as they are. */
  readonly clean: readonly LakeFile[];
  /** Places of files that are written anew, each for itself: rows of them have changed. */
  readonly dirty: readonly number[];
  /** Places of small files that go into one, together with the new rows. */
  readonly merged: readonly number[];
}

/** @param changed places of the files of which rows were updated or deleted; all of them where the columns differ. */
export function planRewrite(
  files: readonly LakeFile[],
  {
    changed,
    inserted,
    bytesMax,
  }: { readonly changed: ReadonlySet<number>; readonly inserted: number; readonly bytesMax: number },
): FilesPlan {
  const isSmall = ({ bytes }: LakeFile): boolean => bytes < bytesMax / SMALL_SHARE;
  const untouched = files.flatMap((file, index) => (changed.has(index) ? [] : [{ file, index }]));
  const small = untouched.filter(({ file }) => isSmall(file)).map(({ index }) => index);
  const merged = inserted > 0 && small.length >= SMALL_FILES_MAX ? small : [];
  const clean = untouched.filter(({ index }) => !merged.includes(index)).map(({ file }) => file);
  return { clean, dirty: [...changed].sort((one, other) => one - other), merged };
}

export interface FileRewrite {
  readonly next: NewVersion;
  readonly table: LandedTable;
  /** Of the table afterwards. */
  readonly columns: readonly Column[];
  readonly plan: FilesPlan;
  readonly inserted: number;
  /** Bytes of a row in the files, about. */
  readonly rowBytes: number;
}

/** Writes the files of which rows changed, and files for the new rows. One in which no row is left is not written. */
export async function* rewrittenFiles(rewrite: FileRewrite): AsyncGenerator<ReadyFile> {
  const { plan, inserted, next, rowBytes } = rewrite;
  let part = 0;
  const contents = plan.dirty.map((index) => rowsOfFile(rewrite, index));
  const merged =
    plan.merged.length === 0 ? [] : [`SELECT ${names(rewrite.columns)} FROM (${landedRowsSql(rewrite.table, plan.merged)})`];
  const rows = Math.min(FILE_ROWS, Math.max(1, Math.floor((next.settings.fileMebibytes * 2 ** 20) / Math.max(rowBytes, 1))));
  const pieces = Math.max(1, Math.ceil(inserted / rows));
  for (let piece = 0; inserted > 0 && piece < pieces; piece++) {
    const some = `SELECT ${newRow(rewrite)} FROM entrada__changed s WHERE s.entrada__op = 'I' AND s.rowid % ${pieces} = ${piece}`;
    contents.push([some, ...(piece === 0 ? merged : [])].join(' UNION ALL BY NAME '));
  }
  if (contents.length === 0 && plan.clean.length === 0) contents.push(emptyRows(rewrite));
  for (const content of contents) {
    next.options.signal.throwIfAborted();
    const ready = await writeRows(rewrite, content, `part-${String(part).padStart(5, '0')}.parquet`);
    const isLast = content === contents.at(-1);
    if (ready.rows === 0 && (part > 0 || plan.clean.length > 0 || !isLast)) continue;
    part++;
    yield ready;
  }
}

async function writeRows(
  { next: { stage, settings, fieldIds }, columns }: FileRewrite,
  rows: string,
  name: string,
): Promise<ReadyFile> {
  const file = stage.scratchFile(`lake-${name}`);
  // What an earlier attempt left may be linked in the lake: it is never written into.
  await rm(file, { force: true });
  const count = await stage.run(
    `COPY (SELECT ${names(columns)} FROM (${rows})) TO ${sqlText(file)} (${copyOptions(settings, fieldIds)})`,
  );
  return { name, file, rows: count, keep: false, stats: await columnStats(stage, columns, file) };
}

/** Rows of one file: those that did not change, and the new values of the others. */
function rowsOfFile(rewrite: FileRewrite, index: number): string {
  const { table, columns } = rewrite;
  const known = new Set(table.columns.map(({ name }) => name));
  const landed = columns.map((column) => (known.has(column.name) ? `l.${sqlName(column.name)}` : nullSql(column)));
  const file = `(${landedRowsSql(table, [index])}) l`;
  const unchanged = `SELECT ${landed.join(', ')} FROM ${file} ANTI JOIN (SELECT * FROM entrada__diff WHERE entrada__file = ${index}) d
    ON d.entrada__row = l.entrada__row`;
  const updated = `SELECT ${newRow(rewrite, 'l')} FROM (SELECT * FROM entrada__changed WHERE entrada__op = 'U' AND entrada__file = ${index}) s
    JOIN ${file} ON l.entrada__row = s.entrada__row`;
  return `${unchanged} UNION ALL BY NAME ${updated}`;
}

/** The columns of a staged row `s`. @param landed the row that it replaces, whose values of columns stay that were not read */
function newRow({ next, columns, table }: FileRewrite, landed: string | null = null): string {
  const read = new Set(next.options.plan.columns.map(({ name }) => name));
  const known = new Set(table.columns.map(({ name }) => name));
  return columns
    .map((column) => {
      const name = sqlName(column.name);
      if (read.has(column.name)) return `s.${name}`;
      return landed !== null && known.has(column.name) ? `${landed}.${name}` : nullSql(column);
    })
    .join(', ');
}

function emptyRows(rewrite: FileRewrite): string {
  return `SELECT ${newRow(rewrite)} FROM entrada__changed s WHERE false`;
}

function names(columns: readonly Column[]): string {
  return columns.map(({ name }) => sqlName(name)).join(', ');
}
