import { isLogDataset, LOG_ROWS_STAY } from '#lib/domain/dataset/log-dataset.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { PublishOptions } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { requireLandedKey } from '#lib/targets/database/check-loadable.ts';
import { retyped } from '#lib/targets/database/found-table.ts';
import { CSV_OPTIONS } from '#lib/targets/postgres/compare/compare-stage.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import {
  type FoundTable,
  findTable,
  labelOf,
  namesOf,
  qualified,
  quote,
  STAGING_SCHEMA,
} from '#lib/targets/postgres/table/landed-table.ts';
import { isRejectedRowSql, loadRejectedKeys } from '#lib/targets/postgres/table/rejected-table.ts';
import { fitsType } from '#lib/targets/postgres/table/types.ts';
import { rowsWithoutValuesNote, unprovenRowsNote } from '#lib/targets/publish-notes.ts';

/** Temporary table with the unproven parents. */
const UNPROVEN = 'pg_temp.entrada_unproven';

type NotRead = Pick<PublishOptions, 'plan' | 'unread' | 'unproven' | 'rejected'>;

export interface CarriedOver {
  /** Number of landed rows that are kept. */
  readonly rows: number;
  readonly notes: readonly string[];
}

/**
 * Within the publishing transaction, before the loaded rows replace the landed ones: copies what was not read from the landed table.
 * Unread columns get their landed values by key; rows of a log, and rows of unproven parents,
 * are added where the loaded table lacks their key. Call `checkLoadable` before.
 */
export async function carryOver(session: LandingSession, stage: StagedRows, options: NotRead): Promise<CarriedOver> {
  const { plan, unread, unproven, rejected = null } = options;
  const keepsRows = unproven !== null || rejected !== null || isLogDataset(plan.dataset);
  if (unread.length === 0 && !keepsRows) return { rows: 0, notes: [] };
  const landed = await findTable(session, plan.namespace, plan.table);
  const notes = isLogDataset(plan.dataset) ? [LOG_ROWS_STAY] : [];
  if (landed === null) return { rows: 0, notes };
  const loaded = await findLoaded(session, plan);
  const sql = new CarryOverSql(plan, landed, loaded);
  const values = unread.map(({ name }) => name).filter((name) => landed.columns.has(name));
  const rowColumns = [...loaded.columns.keys()].filter((name) => landed.columns.has(name));
  await session.run(sql.fitTypes([...plan.key, ...(keepsRows ? rowColumns : values)]).join(';'));
  if (values.length > 0) {
    await session.run(sql.fillValues(values));
    const { rows } = await session.query<{ count: string }>(sql.countNew());
    notes.push(...rowsWithoutValuesNote(Number(rows[0]?.count ?? 0), values));
  }
  if (!keepsRows) return { rows: 0, notes };
  if (unproven !== null) await loadUnproven(session, stage);
  await loadRejectedKeys(session, stage, options);
  const kept = await session.run(sql.addRows(rowColumns, isLogDataset(plan.dataset) ? 'true' : sql.staysSql(options)));
  if (unproven !== null && !isLogDataset(plan.dataset)) notes.push(...unprovenRowsNote(kept));
  return { rows: kept, notes };
}

async function findLoaded(session: LandingSession, plan: DatasetPlan): Promise<FoundTable> {
  const loaded = await findTable(session, STAGING_SCHEMA, namesOf(plan).stagingName('new'));
  if (loaded === null) throw new TypeError('nothing was loaded');
  return loaded;
}

async function loadUnproven(session: LandingSession, stage: StagedRows): Promise<void> {
  const file = stage.scratchFile('unproven.csv');
  await stage.run(`COPY (SELECT DISTINCT id FROM unproven) TO ${sqlText(file)} ${CSV_OPTIONS}`);
  await session.run(`DROP TABLE IF EXISTS ${UNPROVEN}; CREATE TEMP TABLE entrada_unproven (id text NOT NULL) ON COMMIT DROP`);
  await session.copyIn(UNPROVEN, file);
}

class CarryOverSql {
  readonly #plan: DatasetPlan;
  readonly #landed: FoundTable;
  readonly #loaded: FoundTable;
  readonly #live: string;
  readonly #new: string;

  constructor(plan: DatasetPlan, landed: FoundTable, loaded: FoundTable) {
    const names = namesOf(plan);
    this.#plan = plan;
    this.#landed = landed;
    this.#loaded = loaded;
    this.#live = names.live;
    this.#new = qualified(STAGING_SCHEMA, names.stagingName('new'));
    requireLandedKey(plan, landed);
  }

  /** Widens columns of the loaded table to the type of the landed ones, where that is wider. */
  fitTypes(columns: readonly string[]): string[] {
    const statements: string[] = [];
    for (const name of new Set(columns)) {
      const [from, to] = [this.#landed.columns.get(name), this.#loaded.columns.get(name)];
      if (from === undefined || to === undefined || fitsType(from, to)) continue;
      if (!fitsType(to, from) && !this.#unreadIsFree(name)) throw retyped(labelOf(this.#plan), name, from, to);
      const column = quote(name);
      statements.push(`ALTER TABLE ${this.#new} ALTER COLUMN ${column} TYPE ${from} USING ${column}::text::${from}`);
    }
    return statements;
  }

  /** An unread column is empty in the loaded table, so it can take any type. */
  #unreadIsFree(name: string): boolean {
    return this.#plan.columns.every((column) => column.name !== name);
  }

  fillValues(columns: readonly string[]): string {
    const set = columns.map((name) => `${quote(name)} = entrada__l.${quote(name)}`);
    return `UPDATE ${this.#new} entrada__n SET ${set.join(', ')}
      FROM (${this.#lastLanded([...this.#plan.key, ...columns])}) entrada__l WHERE ${this.#sameKey('entrada__n', 'entrada__l')}`;
  }

  countNew(): string {
    return `SELECT count(*) AS count FROM ${this.#new} entrada__n
      WHERE NOT EXISTS (SELECT FROM (${this.#lastLanded(this.#plan.key)}) entrada__l WHERE ${this.#sameKey('entrada__n', 'entrada__l')})`;
  }

  /** SQL: whether a landed row `entrada__l` is kept: its parent is unproven or unknown, or a row with its key was rejected. */
  staysSql(options: NotRead): string {
    const { unproven } = options;
    const isRejected = isRejectedRowSql(options, 'entrada__l');
    if (unproven === null) return isRejected;
    if (!this.#landed.columns.has(unproven.column)) return 'true';
    const parent = `entrada__l.${quote(unproven.column)}`;
    return `(${isRejected} OR ${parent} IS NULL OR ${parent}::text IN (SELECT id FROM ${UNPROVEN}))`;
  }

  /** Adds landed rows whose key was not loaded, if they are kept. */
  addRows(columns: readonly string[], stays: string): string {
    const names = columns.map(quote).join(', ');
    return `INSERT INTO ${this.#new} (${names}) SELECT ${names} FROM (${this.#lastLanded(columns)}) entrada__l
      WHERE NOT EXISTS (SELECT FROM ${this.#new} entrada__n WHERE ${this.#sameKey('entrada__n', 'entrada__l')}) AND ${stays}`;
  }

  /** The landed row of each key, with the types of the loaded table; the last one where several loads were appended. */
  #lastLanded(columns: readonly string[]): string {
    const key = this.#plan.key.map((name) => `entrada__t.${quote(name)}`).join(', ');
    const names = [...new Set(columns)]
      .map((name) => `entrada__t.${quote(name)}${this.#castOf(name)} AS ${quote(name)}`)
      .join(', ');
    return `SELECT DISTINCT ON (${key}) ${names} FROM ${this.#live} entrada__t
      ORDER BY ${key}, entrada__t.hdr__loaded_at DESC`;
  }

  #castOf(name: string): string {
    const [from, to] = [this.#landed.columns.get(name), this.#loaded.columns.get(name)];
    return from === undefined || to === undefined || from === to || !fitsType(from, to) ? '' : `::${to}`;
  }

  #sameKey(a: string, b: string): string {
    return this.#plan.key.map((name) => `${a}.${quote(name)} = ${b}.${quote(name)}`).join(' AND ');
  }
}
