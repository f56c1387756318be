import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { EventCursor, StagedEvents } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { mergedEventsNotes, oldEventsNote } from '#lib/targets/publish-notes.ts';

/** How far the events of each table were read. */
const CURSORS = 'entrada_event_cursors';
/** Staged rows with the types of the table; a table of the session. */
const LOADED = 'entrada_loaded';

/** The cursor of the landed events; null when it or the table does not exist. */
export async function findEventCursor(
  stage: Pick<StagedRows, 'query'>,
  database: string,
  table: string,
): Promise<EventCursor | null> {
  const [found] = await stage.query(
    `SELECT count(*) FROM duckdb_tables() WHERE database_name = ${sqlText(database)} AND table_name IN (${sqlText(CURSORS)}, ${sqlText(table)})`,
  );
  if (Number(found?.[0]) < 2) return null;
  const [row] = await stage.query(`SELECT event_cursor FROM ${database}.${CURSORS} WHERE table_name = ${sqlText(table)}`);
  return row === undefined ? null : (JSON.parse(String(row[0])) as EventCursor);
}

interface Merge {
  readonly database: string;
  readonly stage: StagedRows;
  /** With the columns that were read. */
  readonly plan: DatasetPlan;
  readonly events: StagedEvents;
  /** SQL of the staged rows with the header columns. */
  readonly staged: string;
  /** Data types of the columns of the table. */
  readonly types: ReadonlyMap<string, string>;
  /** Some rows could not be taken: an item that the staged rows lack may be one of them. */
  readonly hasRejected: boolean;
}

interface MergedEvents {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly notes: readonly string[];
}

/**
 * Adds staged events to the table of the attached copy, each once by its key, and stores the cursor beside it. Landed events that are not staged stay;
 * of an event that was read again only the items that were read with it do.
 */
export async function mergeEvents(merge: Merge): Promise<MergedEvents> {
  const { database, stage, plan, staged, types, hasRejected } = merge;
  const table = `${database}.main.${sqlName(plan.table)}`;
  const names = [...plan.columns.map(({ name }) => name), 'hdr__loaded_at', 'hdr__run_id'];
  const values = names.map((name) => `CAST(${sqlName(name)} AS ${types.get(name)}) AS ${sqlName(name)}`);
  await stage.run(`CREATE OR REPLACE TEMP TABLE ${LOADED} AS SELECT ${values.join(', ')} FROM (${staged})`);
  const same = sameValues(plan.key);
  const repeated = await stage.run(`DELETE FROM ${table} WHERE rowid IN (SELECT row_id FROM (
    SELECT t.rowid AS row_id, row_number() OVER (PARTITION BY ${plan.key.map((name) => `t.${sqlName(name)}`).join(', ')} ORDER BY t.rowid DESC) AS n
    FROM ${table} t SEMI JOIN ${LOADED} s ON ${same}) WHERE n > 1)`);
  const differs = plan.columns.map(({ name }) => `t.${sqlName(name)}::VARCHAR IS DISTINCT FROM s.${sqlName(name)}::VARCHAR`);
  const sets = names.map((name) => `${sqlName(name)} = s.${sqlName(name)}`).join(', ');
  const updated = await stage.run(
    `UPDATE ${table} AS t SET ${sets} FROM ${LOADED} s WHERE ${same} AND (${differs.join(' OR ')})`,
  );
  const owner = plan.events?.owner ?? [];
  const replaced =
    owner.length === 0 || hasRejected
      ? 0
      : await stage.run(`DELETE FROM ${table} WHERE rowid IN (
          SELECT t.rowid FROM ${table} t SEMI JOIN ${LOADED} s ON ${sameValues(owner)} WHERE NOT EXISTS (SELECT 1 FROM ${LOADED} s WHERE ${same}))`);
  const inserted = await stage.run(`INSERT INTO ${table} BY NAME SELECT s.* FROM ${LOADED} s ANTI JOIN ${table} t ON ${same}`);
  await stage.run(`DROP TABLE ${LOADED}`);
  const kept = await keepEvents(merge);
  return {
    ...{ inserted, updated, deleted: kept.deleted + repeated + replaced },
    notes: [...mergedEventsNotes(repeated), ...kept.notes],
  };
}

/** Stores the cursor and applies the retention, after the rows are in the table. */
export async function keepEvents({
  database,
  stage,
  plan,
  events,
}: Pick<Merge, 'database' | 'stage' | 'plan' | 'events'>): Promise<{
  readonly deleted: number;
  readonly notes: readonly string[];
}> {
  const [cursors, name] = [`${database}.${CURSORS}`, sqlText(plan.table)];
  await stage.run(`CREATE TABLE IF NOT EXISTS ${cursors} (table_name VARCHAR, event_cursor VARCHAR)`);
  if (events.cursor !== null)
    await stage.run(`DELETE FROM ${cursors} WHERE table_name = ${name};
      INSERT INTO ${cursors} VALUES (${name}, ${sqlText(JSON.stringify(events.cursor))})`);
  const { deleteBefore, timeColumn } = events;
  if (deleteBefore === null) return { deleted: 0, notes: [] };
  const table = `${database}.main.${sqlName(plan.table)}`;
  const deleted = await stage.run(
    `DELETE FROM ${table} WHERE ${sqlName(timeColumn)}::TIMESTAMPTZ < ${sqlText(deleteBefore)}::TIMESTAMPTZ`,
  );
  return { deleted, notes: oldEventsNote(deleted, deleteBefore) };
}

function sameValues(names: readonly string[]): string {
  return names.map((name) => `t.${sqlName(name)} = s.${sqlName(name)}`).join(' AND ');
}
