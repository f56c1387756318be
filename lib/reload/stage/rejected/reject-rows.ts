import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { JSON_DEPTH_MAX, mayNestDeeply, nestingDepth } from '#lib/platform/json-depth.ts';
import { joinRows, splitRows } from '#lib/reload/parse/json/page-rows.ts';
import { findReadableKey } from '#lib/reload/parse/readable-key.ts';
import { partSql } from '#lib/reload/parse/sql/page-sql.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { findUnreadableRow } from '#lib/reload/parse/unreadable-row.ts';
import { PageError, toStageError } from '../stage-error.ts';

/** A row that could not be taken. */
export interface RejectedRow {
  /** Readable values of its key columns, by name, as the stage holds them in text; a column is missing where its value cannot be read. */
  readonly keys: Readonly<Record<string, string>>;
  /** Column that cannot be taken; null where it is the row as a whole. */
  readonly column: string | null;
  /** One sentence for a person. */
  readonly reason: string;
  /** The JSON of the row as Graph sent it. */
  readonly row: string;
}

interface Page {
  /** Without the rows that are rejected. */
  readonly body: Uint8Array;
  readonly rejected: readonly RejectedRow[];
}

export interface RejectOptions {
  readonly columns: readonly Column[];
  /** Folder for files of this call alone. */
  readonly dir: string;
  /** Runs a statement of DuckDB. */
  readonly run: (sql: string) => Promise<unknown>;
}

/**
 * The page without the rows that cannot be taken: the parser itself is asked, with ever fewer rows, which ones it refuses. A page of n rows
 * with b bad ones takes about b * log2(n) statements of some milliseconds.
 * @returns null when no row can be named: the page is not a list of objects, or its fault is not one of a row.
 */
export async function rejectRows(body: Uint8Array, options: RejectOptions): Promise<Page | null> {
  const rows = splitRows(body);
  if (rows === null) return null;
  const deep = rows.filter(isTooDeep);
  const flat = deep.length === 0 ? rows : rows.filter((row) => !isTooDeep(row));
  const refused = new Map(await findRefused(flat, options));
  if (refused.size === 0 && deep.length === 0) return null;
  const rejected = rows.flatMap((row) => {
    const error = refused.get(row);
    if (error !== undefined) return [rejectedBy(error, row, options.columns)];
    return deep.includes(row) ? [tooDeep(row)] : [];
  });
  return { body: joinRows(flat.filter((row) => !refused.has(row))), rejected };
}

/** Whether a page has a row that no reader should be given: nested so deep that native code may run out of stack. */
export function hasTooDeepRow(body: Uint8Array): boolean {
  return nestingDepth(body) > JSON_DEPTH_MAX;
}

/** Levels that the parser takes; its native code was seen to end the process at 50,000. */
const PARSABLE_DEPTH_MAX = 1000;

/** @throws PageError `answer-too-deep` for a page that the parser must not be given. */
export function requireParsableDepth(body: Uint8Array): void {
  if (!mayNestDeeply(body) || nestingDepth(body) <= PARSABLE_DEPTH_MAX) return;
  throw new PageError({
    code: 'answer-too-deep',
    title: `Graph sent a row that is nested more than ${PARSABLE_DEPTH_MAX} levels deep.`,
    remedy: 'Set the task to set aside rows that cannot be stored, or correct the object in Entra. Nothing was published.',
    fixer: 'tenant-admin',
  });
}

function isTooDeep(row: Uint8Array): boolean {
  return nestingDepth(row) > JSON_DEPTH_MAX;
}

/** The rows that the parser refuses, each with its error. */
async function findRefused(
  rows: readonly Uint8Array[],
  options: RejectOptions,
): Promise<readonly (readonly [Uint8Array, PageError])[]> {
  if (rows.length === 0) return [];
  const error = await errorOf(rows, options);
  const [only] = rows;
  if (error === null) return [];
  if (rows.length === 1 && only !== undefined) return [[only, error]];
  const half = Math.ceil(rows.length / 2);
  return [...(await findRefused(rows.slice(0, half), options)), ...(await findRefused(rows.slice(half), options))];
}

/** Why the parser refuses a page of these rows; null when it takes them. Other errors (disk, interrupt) are thrown. */
async function errorOf(rows: readonly Uint8Array[], { columns, dir, run }: RejectOptions): Promise<PageError | null> {
  const body = joinRows(rows);
  const [file, part] = [join(dir, 'tried.json'), join(dir, 'tried.parquet')];
  await writeFile(file, body);
  const pages = { files: [file], longestBytes: body.byteLength, singleLine: !body.includes(0x0a) };
  try {
    await run(`COPY (${partSql(columns, pages)}) TO ${sqlText(part)} (FORMAT parquet)`);
    return null;
  } catch (error) {
    const fault = toStageError(error, dir);
    if (fault instanceof PageError) return fault;
    throw fault;
  } finally {
    await Promise.all([rm(file, { force: true }), rm(part, { force: true })]);
  }
}

function rejectedBy(error: PageError, row: Uint8Array, columns: readonly Column[]): RejectedRow {
  const page = joinRows([row]);
  const named = findUnreadableRow(columns, page);
  const column = named?.column ?? error.problem.field ?? null;
  const reason = named === null ? error.problem.title : `${named.column}: ${named.found}.`;
  const unsure = new Set([column, ...(named === null ? [] : columnsBelow(columns, named.column))]);
  return { keys: findReadableKey(columns, row, unsure), column, reason, row: textOf(row) };
}

/** A fault of a property is one of all columns that are read from it. */
function columnsBelow(columns: readonly Column[], property: string): readonly string[] {
  return columns
    .filter(
      ({ sourcePath }) =>
        sourcePath === property || sourcePath.startsWith(`${property}.`) || sourcePath.startsWith(`${property}[]`),
    )
    .map(({ name }) => name);
}

function tooDeep(row: Uint8Array): RejectedRow {
  // Its key is not looked for: what walks such a value runs out of stack.
  return { keys: {}, column: null, reason: `The row is nested more than ${JSON_DEPTH_MAX} levels deep.`, row: textOf(row) };
}

function textOf(row: Uint8Array): string {
  return Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString('utf8');
}
