import pg from 'pg';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { AppliedChanges } from '#lib/targets/applied-changes.ts';
import { COMPARE_HEADER_COLUMNS, dataColumns } from '#lib/targets/database/header-columns.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { DELETED_AT, quote, type TableNames } from '#lib/targets/postgres/table/landed-table.ts';
import { POSTGRES_TYPE } from '#lib/targets/postgres/table/types.ts';

/** Columns that are no part of `hdr__before` and `hdr__after`. */
const OWN_COLUMNS = [...COMPARE_HEADER_COLUMNS, DELETED_AT] as const;

export interface ApplyOptions {
  readonly plan: DatasetPlan;
  readonly names: TableNames;
  /** Type of each live column, after schema drift was handled. */
  readonly liveTypes: ReadonlyMap<string, string>;
  readonly history: boolean;
  /** Rows that are gone stay, with the time. */
  readonly softDelete: boolean;
  readonly runId: string;
  readonly now: Date;
  /** Whether inserted rows are recorded by one row `L` with their number instead of one row each. */
  readonly insertsAreMarked?: boolean;
}

/**
 * Applies the staged differences to the live table and records each in the change table and the history. Must run within the caller's
 * transaction, with filled staging tables.
 */
export async function applyChanges(session: LandingSession, options: ApplyOptions): Promise<AppliedChanges> {
  const sql = new ApplySql(options);
  const keyed = options.plan.key.length > 0;
  await session.run(sql.lock());
  const updated = keyed ? await applyUpdates(session, sql) : 0;
  await session.run(keyed ? sql.findGoneByKey() : sql.findGoneByCopies());
  const deleted = await session.run(sql.recordDeletes());
  if (options.history) await session.run(sql.endHistoryOfGone());
  await session.run(options.softDelete ? sql.markGone() : sql.deleteGone());
  const revived = keyed && sql.marksDeletes ? await applyRevivals(session, sql) : 0;
  const inserted = await session.run(sql.insert());
  if (options.insertsAreMarked !== true) await session.run(sql.recordInserts());
  else if (inserted > 0) await session.run(sql.recordLoaded(inserted));
  if (options.history) await session.run(sql.beginHistory());
  return { inserted: inserted + revived, updated, deleted };
}

/** Records the first load of the table. */
export async function recordFirstLoad(session: LandingSession, options: ApplyOptions, rows: number): Promise<AppliedChanges> {
  const sql = new ApplySql(options);
  if (rows > 0) await session.run(sql.recordLoaded(rows));
  if (options.history) await session.run(sql.restartHistory());
  return { inserted: rows, updated: 0, deleted: 0 };
}

async function applyUpdates(session: LandingSession, sql: ApplySql): Promise<number> {
  await session.run(sql.findUpdates());
  const updated = await session.run(sql.recordUpdates());
  await session.run(sql.rehash());
  if (sql.history) await session.run(sql.endHistoryOfUpdated());
  await session.run(sql.update());
  return updated;
}

/** Rows that were marked as deleted and are in the source again. */
async function applyRevivals(session: LandingSession, sql: ApplySql): Promise<number> {
  await session.run(sql.findRevived());
  const revived = await session.run(sql.recordRevived());
  await session.run(sql.revive());
  return revived;
}

class ApplySql {
  readonly history: boolean;
  /** The table has a column for the time of deletion. */
  readonly marksDeletes: boolean;
  readonly #columns: readonly Column[];
  readonly #key: readonly string[];
  readonly #names: TableNames;
  readonly #liveTypes: ReadonlyMap<string, string>;
  readonly #run: string;
  readonly #now: string;

  constructor({ plan, names, liveTypes, history, runId, now }: ApplyOptions) {
    this.history = history;
    this.marksDeletes = liveTypes.has(DELETED_AT);
    this.#columns = plan.columns;
    this.#key = plan.key.map(quote);
    this.#names = names;
    this.#liveTypes = liveTypes;
    this.#run = pg.escapeLiteral(runId);
    this.#now = `${pg.escapeLiteral(now.toISOString())}::timestamptz`;
  }

  /** Blocks other writers, not readers. */
  lock(): string {
    return `LOCK TABLE ${this.#names.live} IN SHARE ROW EXCLUSIVE MODE`;
  }

  /**
   * Determines which columns differ. A row with another hash may still be equal (other columns were compared, JSON keys
   * had another order, an earlier version computed it): then `changed` is empty.
   */
  findUpdates(): string {
    const changed = this.#columns.map((column) => {
      const differs = `entrada__t.${quote(column.name)} IS DISTINCT FROM ${this.#value(column)}`;
      return `CASE WHEN ${differs} THEN ${pg.escapeLiteral(column.name)} END`;
    });
    const after = this.#columns.map((column) => `${this.#value(column)} AS ${quote(column.name)}`);
    return `CREATE UNLOGGED TABLE ${this.#names.staging('updates')} AS
      SELECT ${this.#keys('entrada__s')}, entrada__s.hdr__row_hash, entrada__c.changed,
        CASE WHEN entrada__c.changed <> '{}' THEN ${withoutHeader('to_jsonb(entrada__t)')} END AS before,
        CASE WHEN entrada__c.changed <> '{}' THEN ${withoutHeader('to_jsonb(entrada__t)')}
          || (SELECT to_jsonb(entrada__a) FROM (SELECT ${after.join(', ')}) entrada__a) END AS after
      FROM ${this.#names.staging('changed')} entrada__s JOIN ${this.#names.live} entrada__t ON ${this.#sameKey('entrada__s', 'entrada__t')}
      CROSS JOIN LATERAL (SELECT array_remove(ARRAY[${changed.join(', ')}]::text[], NULL) AS changed OFFSET 0) entrada__c
      WHERE entrada__s.hdr__operation = 'U'`;
  }

  recordUpdates(): string {
    return `INSERT INTO ${this.#names.changes} (${this.#changeColumns()})
      SELECT ${this.#run}, ${this.#now}, 'U', ${this.#keyList('entrada__u')}entrada__u.changed, entrada__u.before, entrada__u.after
      FROM ${this.#names.staging('updates')} entrada__u WHERE cardinality(entrada__u.changed) > 0`;
  }

  rehash(): string {
    return `UPDATE ${this.#names.live} entrada__t SET hdr__row_hash = entrada__u.hdr__row_hash FROM ${this.#names.staging('updates')} entrada__u
      WHERE ${this.#sameKey('entrada__u', 'entrada__t')} AND cardinality(entrada__u.changed) = 0`;
  }

  update(): string {
    const set = this.#columns.map((column) => `${quote(column.name)} = ${this.#value(column)}`);
    return `UPDATE ${this.#names.live} entrada__t
      SET ${set.join(', ')}, hdr__row_hash = entrada__s.hdr__row_hash, hdr__run_id = ${this.#run}, hdr__updated_at = ${this.#now}
      FROM ${this.#names.staging('changed')} entrada__s, ${this.#names.staging('updates')} entrada__u
      WHERE ${this.#sameKey('entrada__s', 'entrada__t')} AND ${this.#sameKey('entrada__u', 'entrada__s')} AND cardinality(entrada__u.changed) > 0`;
  }

  findGoneByKey(): string {
    return `CREATE UNLOGGED TABLE ${this.#names.staging('new')} AS
      SELECT entrada__t.ctid AS row_id FROM ${this.#names.live} entrada__t JOIN ${this.#names.staging('deleted')} entrada__g ON ${this.#sameKey('entrada__g', 'entrada__t')}`;
  }

  findGoneByCopies(): string {
    const deletedRows = this.#names.staging('deleted');
    return `CREATE UNLOGGED TABLE ${this.#names.staging('new')} AS
      SELECT entrada__t.row_id FROM (SELECT ctid AS row_id, hdr__row_hash, row_number() OVER (PARTITION BY hdr__row_hash ORDER BY ctid) AS copy
        FROM ${this.#names.live} WHERE ${this.marksDeletes ? `${DELETED_AT} IS NULL AND ` : ''}hdr__row_hash IN (SELECT hdr__row_hash FROM ${deletedRows})) entrada__t
      JOIN ${deletedRows} entrada__g ON entrada__g.hdr__row_hash = entrada__t.hdr__row_hash AND entrada__t.copy <= entrada__g.surplus`;
  }

  recordDeletes(): string {
    return `INSERT INTO ${this.#names.changes} (${this.#changeColumns()})
      SELECT ${this.#run}, ${this.#now}, 'D', ${this.#keyList('entrada__t')}'{}'::text[], ${withoutHeader('to_jsonb(entrada__t)')}, NULL
      FROM ${this.#names.live} entrada__t JOIN ${this.#names.staging('new')} entrada__d ON entrada__t.ctid = entrada__d.row_id`;
  }

  deleteGone(): string {
    return `DELETE FROM ${this.#names.live} entrada__t USING ${this.#names.staging('new')} entrada__d WHERE entrada__t.ctid = entrada__d.row_id`;
  }

  markGone(): string {
    return `UPDATE ${this.#names.live} entrada__t SET ${DELETED_AT} = ${this.#now}, hdr__updated_at = ${this.#now}, hdr__run_id = ${this.#run}
      FROM ${this.#names.staging('new')} entrada__d WHERE entrada__t.ctid = entrada__d.row_id`;
  }

  /** Staged rows whose key belongs to a row that was marked as deleted: `R` instead of `I`. */
  findRevived(): string {
    return `UPDATE ${this.#names.staging('changed')} entrada__s SET hdr__operation = 'R' FROM ${this.#names.live} entrada__t
      WHERE entrada__s.hdr__operation = 'I' AND ${this.#sameKey('entrada__s', 'entrada__t')} AND entrada__t.${DELETED_AT} IS NOT NULL`;
  }

  revive(): string {
    const set = this.#columns.map((column) => `${quote(column.name)} = ${this.#value(column)}`);
    return `UPDATE ${this.#names.live} entrada__t SET ${set.join(', ')}, hdr__row_hash = entrada__s.hdr__row_hash, ${DELETED_AT} = NULL,
        hdr__run_id = ${this.#run}, hdr__updated_at = ${this.#now}
      FROM ${this.#names.staging('changed')} entrada__s WHERE entrada__s.hdr__operation = 'R' AND ${this.#sameKey('entrada__s', 'entrada__t')}`;
  }

  insert(): string {
    const names = this.#columns.map((column) => quote(column.name)).join(', ');
    const values = this.#columns.map((column) => this.#value(column)).join(', ');
    return `INSERT INTO ${this.#names.live} (${names}, hdr__row_hash, hdr__run_id, hdr__inserted_at, hdr__updated_at)
      SELECT ${values}, entrada__s.hdr__row_hash, ${this.#run}, ${this.#now}, ${this.#now}
      FROM ${this.#names.staging('changed')} entrada__s WHERE entrada__s.hdr__operation = 'I'`;
  }

  recordInserts(): string {
    return this.#recordNew('I', "'{}'");
  }

  /** As an insert, so that a replay of the changes needs no special case for deleted rows; `hdr__changed_columns` distinguishes it. */
  recordRevived(): string {
    return this.#recordNew('R', `ARRAY['${DELETED_AT}']`);
  }

  #recordNew(staged: 'I' | 'R', changed: string): string {
    const row = this.#columns.map((column) => `${this.#value(column)} AS ${quote(column.name)}`);
    return `INSERT INTO ${this.#names.changes} (${this.#changeColumns()})
      SELECT ${this.#run}, ${this.#now}, 'I', ${this.#keyList('entrada__s')}${changed}::text[], NULL, (SELECT to_jsonb(entrada__a) FROM (SELECT ${row.join(', ')}) entrada__a)
      FROM ${this.#names.staging('changed')} entrada__s WHERE entrada__s.hdr__operation = '${staged}'`;
  }

  /** `hdr__run_id` and `hdr__inserted_at` of the landed table identify the rows of this record. */
  recordLoaded(rows: number): string {
    return `INSERT INTO ${this.#names.changes} (hdr__run_id, hdr__changed_at, hdr__operation, hdr__changed_columns, hdr__after)
      VALUES (${this.#run}, ${this.#now}, 'L', '{}', jsonb_build_object('rows', ${rows}::bigint))`;
  }

  /** Closes the versions of a history whose table was dropped; a new history has the rows already. */
  restartHistory(): string {
    const columns = dataColumns(this.#liveTypes).map(quote).join(', ');
    const { history, live } = this.#names;
    return `UPDATE ${history} SET hdr__to_timestamp = ${this.#now} WHERE hdr__to_timestamp IS NULL AND hdr__run_id <> ${this.#run};
      INSERT INTO ${history} (${columns}, hdr__run_id, hdr__from_timestamp) SELECT ${columns}, ${this.#run}, ${this.#now} FROM ${live}
        WHERE NOT EXISTS (SELECT FROM ${history} WHERE hdr__run_id = ${this.#run})`;
  }

  endHistoryOfUpdated(): string {
    return `UPDATE ${this.#names.history} entrada__h SET hdr__to_timestamp = ${this.#now} FROM ${this.#names.staging('updates')} entrada__u
      WHERE ${this.#sameKey('entrada__u', 'entrada__h')} AND entrada__h.hdr__to_timestamp IS NULL AND cardinality(entrada__u.changed) > 0`;
  }

  endHistoryOfGone(): string {
    return `UPDATE ${this.#names.history} entrada__h SET hdr__to_timestamp = ${this.#now} FROM ${this.#names.staging('deleted')} entrada__g
      WHERE ${this.#sameKey('entrada__g', 'entrada__h')} AND entrada__h.hdr__to_timestamp IS NULL`;
  }

  /** Adds new versions of all rows that this run wrote, with landed values for unread columns. */
  beginHistory(): string {
    const names = dataColumns(this.#liveTypes).map(quote);
    return `INSERT INTO ${this.#names.history} (${names.join(', ')}, hdr__run_id, hdr__from_timestamp, hdr__to_timestamp)
      SELECT ${names.map((name) => `entrada__t.${name}`).join(', ')}, ${this.#run}, ${this.#now}, NULL
      FROM ${this.#names.live} entrada__t JOIN ${this.#names.staging('changed')} entrada__s ON ${this.#sameKey('entrada__s', 'entrada__t')} WHERE entrada__t.hdr__run_id = ${this.#run}`;
  }

  /** The staged value with the type of the live column (which may be wider). */
  #value(column: Column): string {
    const live = this.#liveTypes.get(column.name) ?? POSTGRES_TYPE[column.type];
    const value = `entrada__s.${quote(column.name)}`;
    return live === POSTGRES_TYPE[column.type] ? value : `${value}::${live}`;
  }

  #sameKey(a: string, b: string): string {
    return this.#key.map((name) => `${a}.${name} = ${b}.${name}`).join(' AND ');
  }

  #keys(alias: string): string {
    return this.#key.map((name) => `${alias}.${name}`).join(', ');
  }

  /** Key columns with a trailing comma; empty without a key. */
  #keyList(alias: string): string {
    return this.#key.map((name) => `${alias}.${name}, `).join('');
  }

  #changeColumns(): string {
    const keys = this.#key.map((name) => `${name}, `).join('');
    return `hdr__run_id, hdr__changed_at, hdr__operation, ${keys}hdr__changed_columns, hdr__before, hdr__after`;
  }
}

function withoutHeader(row: string): string {
  return `${row} - ARRAY[${OWN_COLUMNS.map((name) => pg.escapeLiteral(name)).join(', ')}]`;
}
