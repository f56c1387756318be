import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlName } from '#lib/reload/parse/sql/sql-text.ts';
import type { FileFormat } from '#lib/targets/lake/types.ts';
import { lakeExpression } from '#lib/targets/lake/types.ts';
import type { LandedColumns } from './landed-events.ts';

/** Rows of one day. */
export interface DayRows {
  readonly plan: DatasetPlan;
  readonly settings: FileFormat;
  /** SQL of the staged rows of the day, as they are written. */
  readonly staged: string;
  /** SQL of the landed rows of the day; empty: there are none. */
  readonly existing: string;
  /** Columns of the landed rows. */
  readonly columns: LandedColumns['columns'];
  /** Some rows could not be taken: an item that the staged rows lack may be one of them. */
  readonly hasRejected: boolean;
}

/** What becomes of the rows of one day. */
export interface DayCounts {
  readonly inserted: number;
  readonly updated: number;
  /** Items that their event has no more. */
  readonly deleted: number;
  /** Rows whose time is in another day by now; there they count as inserted. */
  readonly moved: number;
}

/** Staged and landed rows of a day, compared by the text of their columns. */
export async function compareDay(stage: StagedRows, day: DayRows): Promise<DayCounts> {
  const { plan, staged, existing } = day;
  if (existing === '') {
    const [row] = await stage.query(`SELECT count(*) FROM (${staged})`);
    return { inserted: Number(row?.[0] ?? 0), updated: 0, deleted: 0, moved: 0 };
  }
  const known = new Set(day.columns.map(({ name }) => name));
  const differs = plan.columns.map(({ name }) =>
    known.has(name)
      ? `CAST(s.${sqlName(name)} AS VARCHAR) IS DISTINCT FROM CAST(l.${sqlName(name)} AS VARCHAR)`
      : `s.${sqlName(name)} IS NOT NULL`,
  );
  const first = sqlName(plan.key[0] ?? '');
  const [row] =
    await stage.query(`SELECT count(*) FILTER (l.${first} IS NULL), count(*) FILTER (l.${first} IS NOT NULL AND (${differs.join(' OR ')}))
    FROM (${staged}) s LEFT JOIN (${existing}) l ON ${sameKey(plan)}`);
  const [left] = await stage.query(
    `SELECT count(*) FILTER (${isStaged(day, plan.key)} AND NOT ${isOf(plan.key, staged)}), count(*) FILTER (${isGone(day)}) FROM (${existing}) l`,
  );
  const [inserted = 0, updated = 0, moved = 0, deleted = 0] = [...(row ?? []), ...(left ?? [])].map(Number);
  return { inserted, updated, deleted, moved };
}

interface MergedFile {
  readonly columns: LandedColumns['columns'];
  /** Landed columns that this run did not read: their values are kept. */
  readonly kept: LandedColumns['columns'];
  /** Whether the file also gets the landed rows; otherwise only new ones. */
  readonly rewrites: boolean;
}

/** SQL of the rows of a file that is written. */
export function mergedSql(day: DayRows, { columns, kept, rewrites }: MergedFile): string {
  const { plan, staged, existing } = day;
  if (existing === '') return staged;
  if (!rewrites) return `SELECT s.* FROM (${staged}) s WHERE NOT EXISTS (SELECT 1 FROM (${existing}) l WHERE ${sameKey(plan)})`;
  const values = ['s.*', ...kept.map(({ name }) => `l.${sqlName(name)}`)].join(', ');
  return `SELECT ${columns.map(({ name }) => sqlName(name)).join(', ')} FROM (
    SELECT ${values} FROM (${staged}) s LEFT JOIN (${existing}) l ON ${sameKey(plan)}
    UNION ALL BY NAME SELECT l.* FROM (${existing}) l WHERE NOT ${isStaged(day, plan.key)} AND NOT ${isGone(day)})`;
}

function sameKey({ key }: DatasetPlan): string {
  return key.map((name) => `CAST(s.${sqlName(name)} AS VARCHAR) = CAST(l.${sqlName(name)} AS VARCHAR)`).join(' AND ');
}

/** SQL: the event of landed row `l` was read again, and the row is none of its items. */
function isGone(day: DayRows): string {
  const { events, key } = day.plan;
  if (events === null || events.owner.length === 0 || day.hasRejected) return 'false';
  return `(${isStaged(day, events.owner)} AND NOT ${isStaged(day, key)})`;
}

/** SQL: a staged row of whichever day has the values of landed row `l` in these columns. */
function isStaged({ plan, settings }: DayRows, names: readonly string[]): string {
  const columns = plan.columns.filter(({ name }) => names.includes(name));
  return isOf(names, `SELECT ${columns.map((column) => lakeExpression(column, settings)).join(', ')} FROM staged`);
}

function isOf(names: readonly string[], rows: string): string {
  const text = (from: string): string => names.map((name) => `CAST(${from}${sqlName(name)} AS VARCHAR)`).join(', ');
  return `((${text('l.')}) IN (SELECT ${text('o.')} FROM (${rows}) o))`;
}
