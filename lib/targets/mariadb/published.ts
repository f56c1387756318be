import { RecordedColumn } from '#lib/reload/engine/drift/landed-table.ts';
import type { EventCursor, Published, StagedEvents } from '#lib/reload/engine/sink.ts';
import type { LandedDeltaToken } from '#lib/reload/stage/stage-file.ts';
import { countsJson, type PublishRecord, RECORD_DAYS } from '#lib/targets/database/publish-record.ts';
import { oldEventsNote } from '#lib/targets/publish-notes.ts';
import type { MariadbSession, Row } from './session.ts';
import { timeLiteral } from './table/landed-table.ts';
import { quote, type TableNames } from './table/names.ts';

/** What runs published, and how far events were read: tables of Entrada's own in the database of the target. */
export const PUBLISHED = 'entrada_published';
const CURSORS = 'entrada_event_cursors';
const RECORDS_SQL = [
  `CREATE TABLE IF NOT EXISTS ${PUBLISHED} (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, run_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    table_name varchar(64) NOT NULL, counts longtext NOT NULL, published_at datetime(6) NOT NULL DEFAULT UTC_TIMESTAMP(6), delta_token longtext,
    signature varchar(255), landed_rows bigint, full_at datetime(6), loaded_beside varchar(64), UNIQUE KEY (table_name, run_id))
    ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
  `CREATE TABLE IF NOT EXISTS ${CURSORS} (table_name varchar(64) NOT NULL PRIMARY KEY, event_cursor longtext NOT NULL)
    ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
];

/** Outside of the publishing transaction, which they would commit. */
export async function ensureRecords(session: MariadbSession): Promise<void> {
  if ((await findExistingTables(session, [PUBLISHED, CURSORS])).length === 2) return;
  for (const statement of RECORDS_SQL) await session.run(statement);
}

/** Those of the names that tables have. */
export async function findExistingTables(session: MariadbSession, names: readonly string[]): Promise<readonly string[]> {
  const placeholders = names.map(() => '?').join(', ');
  const rows = await session.query(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${placeholders})`,
    names,
  );
  return rows.map(({ name }) => String(name));
}

/**
 * What `runId` published into the table, or null. A record of a table that was loaded beside the landed one counts once that was renamed: while
 * it has its own name the run ended before.
 */
export async function findRecorded(session: MariadbSession, { table }: TableNames, runId: string): Promise<Published | null> {
  if ((await findExistingTables(session, [PUBLISHED])).length === 0) return null;
  const [record] = await session.query(`SELECT counts, loaded_beside FROM ${PUBLISHED} WHERE table_name = ? AND run_id = ?`, [
    table,
    runId,
  ]);
  if (record === undefined) return null;
  const beside = record['loaded_beside'];
  if (typeof beside === 'string' && (await findExistingTables(session, [beside])).length > 0) return null;
  return JSON.parse(String(record['counts'])) as Published;
}

interface Entry extends PublishRecord {
  /** Name of the table that the rename after this makes visible; null: the transaction does. */
  readonly beside: string | null;
}

/** In the transaction that publishes, or before the rename that does. */
export async function recordPublish(session: MariadbSession, { table }: TableNames, entry: Entry): Promise<void> {
  const { runId, landed, beside } = entry;
  const fullAt = landed === null ? 'NULL' : timeLiteral(landed.fullAt);
  await session.run(
    `REPLACE INTO ${PUBLISHED} (run_id, table_name, counts, delta_token, signature, landed_rows, full_at, loaded_beside)
     VALUES (?, ?, ?, ?, ?, ?, ${fullAt}, ?)`,
    [runId, table, countsJson(entry), landed?.deltaToken ?? null, landed?.signature ?? null, landed?.rows ?? null, beside],
  );
  // The last one of a table stays: it says what its columns are.
  await session.run(`DELETE p FROM ${PUBLISHED} p JOIN (SELECT table_name, MAX(id) AS id FROM ${PUBLISHED} GROUP BY table_name) n
    ON n.table_name = p.table_name AND n.id > p.id WHERE p.published_at < UTC_TIMESTAMP() - INTERVAL ${RECORD_DAYS} DAY`);
}

/** Records of tables that were loaded beside the landed one and never renamed go before those tables do. */
export async function dropTableLoadedBeside(session: MariadbSession, { table, besidePrefix }: TableNames): Promise<void> {
  const rows = await session.query(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND LEFT(TABLE_NAME, ?) = ?',
    [besidePrefix.length, besidePrefix],
  );
  const names = rows.map(({ name }) => String(name));
  if (names.length === 0) return;
  if ((await findExistingTables(session, [PUBLISHED])).length > 0) {
    const placeholders = names.map(() => '?').join(', ');
    await session.run(`DELETE FROM ${PUBLISHED} WHERE table_name = ? AND loaded_beside IN (${placeholders})`, [table, ...names]);
  }
  for (const name of names) await session.run(`DROP TABLE IF EXISTS ${quote(name)}`);
}

/** The record of the last publish; null when there was none. */
async function findLast(session: MariadbSession, { table }: TableNames): Promise<Row | null> {
  if ((await findExistingTables(session, [PUBLISHED, table])).length < 2) return null;
  const [last] = await session.query(
    `SELECT counts, delta_token, signature, landed_rows, full_at FROM ${PUBLISHED} WHERE table_name = ? ORDER BY id DESC LIMIT 1`,
    [table],
  );
  return last ?? null;
}

/** The columns (see `coverageOf`) that the row hashes of a keyless table are made of; null: unknown. */
export async function findCoverage(session: MariadbSession, names: TableNames): Promise<string | null> {
  const last = await findLast(session, names);
  return last === null ? null : ((JSON.parse(String(last['counts'])) as { readonly coverage?: string }).coverage ?? null);
}

/** What the last publish recorded of the columns of the table; empty where it recorded nothing. */
export async function findRecordedColumns(session: MariadbSession, names: TableNames): Promise<readonly RecordedColumn[]> {
  const last = await findLast(session, names);
  if (last === null) return [];
  const { columns } = JSON.parse(String(last['counts'])) as { readonly columns?: unknown };
  return RecordedColumn.array().safeParse(columns).data ?? [];
}

/** The delta token of the rows that are landed: that of the last publish, if it kept one of this signature, or any where null is given. */
export async function findLandedDeltaToken(
  session: MariadbSession,
  names: TableNames,
  signature: string | null,
): Promise<LandedDeltaToken | null> {
  const last = await findLast(session, names);
  if (last === null || last['delta_token'] === null || (signature !== null && last['signature'] !== signature)) return null;
  const { unread = [] } = JSON.parse(String(last['counts'])) as Published;
  return {
    deltaToken: String(last['delta_token']),
    rows: Number(last['landed_rows']),
    fullAt: new Date(`${String(last['full_at']).replace(' ', 'T')}Z`).toISOString(),
    unread: unread.map(({ name }) => name),
  };
}

/** How far the landed events were read; null when the table or the cursor is not there. */
export async function findEventCursor(session: MariadbSession, { table }: TableNames): Promise<EventCursor | null> {
  if ((await findExistingTables(session, [CURSORS, table])).length < 2) return null;
  const [row] = await session.query(`SELECT event_cursor FROM ${CURSORS} WHERE table_name = ?`, [table]);
  return row === undefined ? null : (JSON.parse(String(row['event_cursor'])) as EventCursor);
}

/** In the transaction that shows the events. */
export async function saveEventCursor(session: MariadbSession, { table }: TableNames, { cursor }: StagedEvents): Promise<void> {
  if (cursor !== null) await session.run(`REPLACE INTO ${CURSORS} VALUES (?, ?)`, [table, JSON.stringify(cursor)]);
}

/** Before the publishing transaction: an index for the window of the next run, and for deletes by age. */
export async function ensureTimeIndex(session: MariadbSession, { table, live }: TableNames, timeColumn: string): Promise<void> {
  const rows = await session.query(
    `SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND SEQ_IN_INDEX = 1 AND COLUMN_NAME = ? LIMIT 1`,
    [table, timeColumn],
  );
  if (rows.length === 0) await session.run(`ALTER TABLE ${live} ADD INDEX (${quote(timeColumn)})`);
}

/** Deletes what is older than the task keeps, history included. Answers how many events went, and a note when some did. */
export async function deleteOldEvents(
  session: MariadbSession,
  { live, history }: TableNames,
  { events, withHistory }: { readonly events: StagedEvents; readonly withHistory: boolean },
): Promise<{ readonly deleted: number; readonly notes: readonly string[] }> {
  const { timeColumn, deleteBefore } = events;
  if (deleteBefore === null) return { deleted: 0, notes: [] };
  const old = `WHERE ${quote(timeColumn)} < ${timeLiteral(deleteBefore)}`;
  const deleted = await session.run(`DELETE FROM ${live} ${old}`);
  if (withHistory) await session.run(`DELETE FROM ${history} ${old}`);
  return { deleted, notes: oldEventsNote(deleted, deleteBefore) };
}

/** Forgets what was published into these tables, by their unquoted names. */
export async function forgetPublished(session: MariadbSession, tables: readonly string[]): Promise<void> {
  const placeholders = tables.map(() => '?').join(', ');
  for (const records of await findExistingTables(session, [PUBLISHED, CURSORS]))
    if (tables.length > 0) await session.run(`DELETE FROM ${records} WHERE table_name IN (${placeholders})`, tables);
}
