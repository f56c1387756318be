import { z } from 'zod';
import type { Column, ColumnType } from '#lib/domain/dataset/dataset.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';

/**
 * Statistics of one column in one file. `min` is a lower bound, `max` an upper bound of its values; null where there is none or it is too long:
 * numbers as
 * numbers, instants in microseconds since 1970, days as `2026-11-28`, texts as their first characters.
 */
export const ColumnStats = z.object({
  nulls: z.number(),
  min: z.union([z.string(), z.number()]).nullable(),
  max: z.union([z.string(), z.number()]).nullable(),
});
export type ColumnStats = z.infer<typeof ColumnStats>;

/** Number of columns with statistics, from the first on; Delta Lake's default is the same (`delta.dataSkippingNumIndexedCols`). */
const COLUMNS_MAX = 32;
/** Maximum length of a text bound, characters. */
const TEXT_MAX = 32;

type Bounds = (name: string) => readonly [min: string, max: string];

const NO_BOUNDS: Bounds = () => ['NULL', 'NULL'];
const TEXT: Bounds = (name) => [
  `left(min(${name}), ${TEXT_MAX})`,
  `CASE WHEN length(max(${name})) <= ${TEXT_MAX} THEN max(${name}) END`,
];
const NUMBER: Bounds = (name) => [`CAST(min(${name}) AS VARCHAR)`, `CAST(max(${name}) AS VARCHAR)`];
const FINITE: Bounds = (name) => [
  `CASE WHEN bool_and(isfinite(${name})) THEN CAST(min(${name}) AS VARCHAR) END`,
  `CASE WHEN bool_and(isfinite(${name})) THEN CAST(max(${name}) AS VARCHAR) END`,
];
const INSTANT: Bounds = (name) => [`CAST(epoch_us(min(${name})) AS VARCHAR)`, `CAST(epoch_us(max(${name})) AS VARCHAR)`];

const BOUNDS = {
  string: TEXT,
  boolean: NO_BOUNDS,
  int32: NUMBER,
  int64: NUMBER,
  double: FINITE,
  decimal: TEXT,
  dateTimeOffset: INSTANT,
  date: NUMBER,
  timeOfDay: TEXT,
  duration: TEXT,
  guid: TEXT,
  binary: NO_BOUNDS,
  json: NO_BOUNDS,
} satisfies Record<ColumnType, Bounds>;

const NUMERIC: ReadonlySet<ColumnType> = new Set(['int32', 'int64', 'double', 'dateTimeOffset']);

/** Statistics of a local Parquet file, by column. */
export async function columnStats(
  stage: StagedRows,
  columns: readonly Pick<Column, 'name' | 'type'>[],
  file: string,
): Promise<Record<string, ColumnStats>> {
  const some = columns.slice(0, COLUMNS_MAX);
  const wanted = some.flatMap(({ name, type }) => [
    `CAST(count(*) - count(${sqlName(name)}) AS VARCHAR)`,
    ...BOUNDS[type](sqlName(name)),
  ]);
  const [row = []] = await stage.query(`SELECT ${wanted.join(', ')} FROM read_parquet(${sqlText(file)})`);
  return Object.fromEntries(
    some.map(({ name, type }, index) => {
      const [nulls, min, max] = row.slice(index * 3, index * 3 + 3);
      return [name, { nulls: Number(nulls), min: boundOf(type, min), max: boundOf(type, max) }];
    }),
  );
}

/** Omits integers that a JavaScript number cannot represent exactly. */
function boundOf(type: ColumnType, value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  if (!NUMERIC.has(type)) return String(value);
  const number = Number(value);
  return type === 'double' || Number.isSafeInteger(number) ? number : null;
}
