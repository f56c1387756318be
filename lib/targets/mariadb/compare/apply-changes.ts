import type { Column } from '#lib/domain/dataset/dataset.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { AppliedChanges } from '#lib/targets/applied-changes.ts';
import { dataColumns } from '#lib/targets/database/header-columns.ts';
import type { MariadbSession } from '#lib/targets/mariadb/session.ts';
import { sameKey, timeLiteral } from '#lib/targets/mariadb/table/landed-table.ts';
import { literal, quote, type TableNames } from '#lib/targets/mariadb/table/names.ts';
import { columnType, differsSql, jsonMember } from '#lib/targets/mariadb/table/types.ts';

export interface ApplyOptions {
  readonly plan: DatasetPlan;
  readonly names: TableNames;
  /** Type of each live column, after drift was handled. */
  readonly liveTypes: ReadonlyMap<string, string>;
  readonly history: boolean;
  readonly runId: string;
  readonly now: Date;
  /** Inserted rows are recorded by one row `L` with their number instead of one each. */
  readonly insertsAreMarked: boolean;
}

/**
 * Applies the differences, which tables of the session hold, to the live table and records each in the change table and the history. Within
 * the caller's transaction. No statement names a table of the session twice, which MariaDB cannot open so.
 */
export async function applyChanges(session: MariadbSession, options: ApplyOptions): Promise<AppliedChanges> {
  const sql = new ApplySql(options);
  const keyed = options.plan.key.length > 0;
  const updated = keyed ? await applyUpdates(session, sql) : 0;
  if (!keyed) await session.run(sql.findGoneCopies());
  const deleted = await session.run(sql.recordDeletes());
  if (options.history) await session.run(sql.endHistoryOfGone());
  await session.run(sql.deleteGone());
  const inserted = await session.run(sql.insert());
  if (!options.insertsAreMarked) await session.run(sql.recordInserts());
  else if (inserted > 0) await session.run(sql.recordLoaded(inserted));
  if (options.history) await session.run(sql.beginHistory());
  return { inserted, updated, deleted };
}

/** Records the rows that the table was made with. */
export async function recordFirstLoad(session: MariadbSession, options: ApplyOptions, rows: number): Promise<AppliedChanges> {
  const sql = new ApplySql(options);
  if (rows > 0) await session.run(sql.recordLoaded(rows));
  if (options.history) for (const statement of sql.restartHistory()) await session.run(statement);
  return { inserted: rows, updated: 0, deleted: 0 };
}

async function applyUpdates(session: MariadbSession, sql: ApplySql): Promise<number> {
  await session.run(sql.findUpdates());
  await session.run(sql.describeUpdates());
  const updated = await session.run(sql.recordUpdates());
  await session.run(sql.rehash());
  if (sql.history) await session.run(sql.endHistoryOfUpdated());
  await session.run(sql.update());
  return updated;
}

/** JSON of a list of names without any. */
const NONE = "'[]'";

class ApplySql {
  readonly history: boolean;
  readonly #columns: readonly Column[];
  readonly #key: readonly string[];
  readonly #names: TableNames;
  readonly #liveTypes: ReadonlyMap<string, string>;
  readonly #run: string;
  readonly #now: string;

  constructor({ plan, names, liveTypes, history, runId, now }: ApplyOptions) {
    this.history = history;
    this.#columns = plan.columns;
    this.#key = plan.key;
    this.#names = names;
    this.#liveTypes = liveTypes;
    this.#run = literal(runId);
    this.#now = timeLiteral(now);
  }

  /**
   * Which columns really differ. A row whose hash differs may still be the same (other columns were compared when it was made, JSON keys
   * came in another order, it was made by an older version): then `changed` is empty.
   */
  findUpdates(): string {
    const changed = this.#columns.map(({ name, type }) => {
      const column = quote(name);
      const live = this.#liveTypes.get(name) ?? columnType({ name, type } as Column, this.#key);
      return `IF(${differsSql(live, `t.${column}`, `s.${column}`)}, ${literal(JSON.stringify(name))}, NULL)`;
    });
    return `INSERT INTO ${this.#names.temporary('updates')} (${this.#keys()}, hdr__row_hash, changed)
      SELECT ${this.#keysOf('s')}, s.hdr__row_hash, CONCAT('[', CONCAT_WS(', ', ${changed.join(', ')}), ']')
      FROM ${this.#names.temporary('changed')} s JOIN ${this.#names.live} t ON ${sameKey(this.#key, 's', 't')} WHERE s.hdr__operation = 'U'`;
  }

  describeUpdates(): string {
    const read = new Set(this.#columns.map(({ name }) => name));
    const after = dataColumns(this.#liveTypes).map((name) => [name, read.has(name) ? 's' : 't'] as const);
    return `UPDATE ${this.#names.temporary('updates')} u JOIN ${this.#names.temporary('changed')} s ON ${sameKey(this.#key, 'u', 's')}
      JOIN ${this.#names.live} t ON ${sameKey(this.#key, 'u', 't')}
      SET u.before_row = ${this.#landedRow()}, u.after_row = ${this.#row(after)} WHERE u.changed <> ${NONE}`;
  }

  recordUpdates(): string {
    return `INSERT INTO ${this.#names.changes} (${this.#changeColumns()})
      SELECT ${this.#run}, ${this.#now}, 'U', ${this.#keysOf('u')}, u.changed, u.before_row, u.after_row
      FROM ${this.#names.temporary('updates')} u WHERE u.changed <> ${NONE}`;
  }

  rehash(): string {
    return `UPDATE ${this.#names.live} t JOIN ${this.#names.temporary('updates')} u ON ${sameKey(this.#key, 'u', 't')}
      SET t.hdr__row_hash = u.hdr__row_hash WHERE u.changed = ${NONE}`;
  }

  update(): string {
    const values = this.#columns.filter(({ name }) => !this.#key.includes(name));
    const sets = [...values.map(({ name }) => quote(name)), 'hdr__row_hash'].map((name) => `t.${name} = s.${name}`);
    return `UPDATE ${this.#names.live} t JOIN ${this.#names.temporary('changed')} s ON ${sameKey(this.#key, 's', 't')}
      JOIN ${this.#names.temporary('updates')} u ON ${sameKey(this.#key, 'u', 's')}
      SET ${sets.join(', ')}, t.hdr__run_id = ${this.#run}, t.hdr__updated_at = ${this.#now} WHERE u.changed <> ${NONE}`;
  }

  /** Without a key: as many rows of a hash as are too many. */
  findGoneCopies(): string {
    return `INSERT INTO ${this.#names.temporary('gone')} (hdr__row_number) SELECT hdr__row_number FROM (
        SELECT t.hdr__row_number, g.surplus, ROW_NUMBER() OVER (PARTITION BY t.hdr__row_hash ORDER BY t.hdr__row_number) AS entrada__copy
        FROM ${this.#names.live} t JOIN ${this.#names.temporary('deleted')} g ON g.hdr__row_hash = t.hdr__row_hash) c
      WHERE c.entrada__copy <= c.surplus`;
  }

  recordDeletes(): string {
    return `INSERT INTO ${this.#names.changes} (${this.#changeColumns()})
      SELECT ${[this.#run, this.#now, "'D'", ...this.#keyList('t'), NONE, this.#landedRow(), 'NULL'].join(', ')} FROM ${this.#gone()}`;
  }

  deleteGone(): string {
    return `DELETE t FROM ${this.#gone()}`;
  }

  insert(): string {
    const columns = [...this.#columns.map(({ name }) => quote(name)), 'hdr__row_hash'];
    return `INSERT INTO ${this.#names.live} (${columns.join(', ')}, hdr__run_id, hdr__inserted_at, hdr__updated_at)
      SELECT ${columns.map((name) => `s.${name}`).join(', ')}, ${this.#run}, ${this.#now}, ${this.#now}
      FROM ${this.#names.temporary('changed')} s WHERE s.hdr__operation = 'I'`;
  }

  recordInserts(): string {
    const row = this.#row(this.#columns.map(({ name }) => [name, 's'] as const));
    return `INSERT INTO ${this.#names.changes} (${this.#changeColumns()})
      SELECT ${[this.#run, this.#now, "'I'", ...this.#keyList('s'), NONE, 'NULL', row].join(', ')}
      FROM ${this.#names.temporary('changed')} s WHERE s.hdr__operation = 'I'`;
  }

  /** Which rows they are is in the landed table: `hdr__run_id` and `hdr__inserted_at` are those of this row. */
  recordLoaded(rows: number): string {
    return `INSERT INTO ${this.#names.changes} (hdr__run_id, hdr__changed_at, hdr__operation, hdr__changed_columns, hdr__after)
      VALUES (${this.#run}, ${this.#now}, 'L', ${NONE}, JSON_OBJECT('rows', ${rows}))`;
  }

  /** A history whose table was dropped ends; the rows of this run begin. */
  restartHistory(): readonly string[] {
    const { history, live } = this.#names;
    const columns = dataColumns(this.#liveTypes).map(quote).join(', ');
    return [
      `UPDATE ${history} SET hdr__to_timestamp = ${this.#now} WHERE hdr__to_timestamp IS NULL`,
      `INSERT INTO ${history} (${columns}, hdr__run_id, hdr__from_timestamp) SELECT ${columns}, ${this.#run}, ${this.#now} FROM ${live}`,
    ];
  }

  endHistoryOfUpdated(): string {
    return `UPDATE ${this.#names.history} h JOIN ${this.#names.temporary('updates')} u ON ${sameKey(this.#key, 'u', 'h')}
      SET h.hdr__to_timestamp = ${this.#now} WHERE h.hdr__to_timestamp IS NULL AND u.changed <> ${NONE}`;
  }

  endHistoryOfGone(): string {
    return `UPDATE ${this.#names.history} h JOIN ${this.#names.temporary('deleted')} g ON ${sameKey(this.#key, 'g', 'h')}
      SET h.hdr__to_timestamp = ${this.#now} WHERE h.hdr__to_timestamp IS NULL`;
  }

  /** New versions of all rows that this run wrote, with the values that it did not read as they are landed. */
  beginHistory(): string {
    const columns = dataColumns(this.#liveTypes).map(quote);
    return `INSERT INTO ${this.#names.history} (${columns.join(', ')}, hdr__run_id, hdr__from_timestamp)
      SELECT ${columns.map((name) => `t.${name}`).join(', ')}, ${this.#run}, ${this.#now}
      FROM ${this.#names.live} t JOIN ${this.#names.temporary('changed')} s ON ${sameKey(this.#key, 's', 't')} WHERE t.hdr__run_id = ${this.#run}`;
  }

  /** The landed rows `t` that go. */
  #gone(): string {
    if (this.#key.length === 0)
      return `${this.#names.live} t JOIN ${this.#names.temporary('gone')} g ON g.hdr__row_number = t.hdr__row_number`;
    return `${this.#names.live} t JOIN ${this.#names.temporary('deleted')} g ON ${sameKey(this.#key, 'g', 't')}`;
  }

  #landedRow(): string {
    return this.#row(dataColumns(this.#liveTypes).map((name) => [name, 't'] as const));
  }

  /** JSON of values of columns, each of the table with that alias. */
  #row(columns: readonly (readonly [name: string, alias: string])[]): string {
    const staged = new Map(this.#columns.map((column) => [column.name, columnType(column, this.#key)]));
    const members = columns.map(([name, alias]) => {
      const type = (alias === 's' ? staged.get(name) : undefined) ?? this.#liveTypes.get(name) ?? 'longtext';
      return `${literal(name)}, ${jsonMember(type, `${alias}.${quote(name)}`)}`;
    });
    return `JSON_OBJECT(${members.join(', ')})`;
  }

  #keys(): string {
    return this.#key.map(quote).join(', ');
  }

  #keysOf(alias: string): string {
    return this.#keyList(alias).join(', ');
  }

  #keyList(alias: string): readonly string[] {
    return this.#key.map((name) => `${alias}.${quote(name)}`);
  }

  #changeColumns(): string {
    const own = ['hdr__run_id', 'hdr__changed_at', 'hdr__operation'];
    return [...own, ...this.#key.map(quote), 'hdr__changed_columns', 'hdr__before', 'hdr__after'].join(', ');
  }
}
