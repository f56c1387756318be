import type { StagedEvents } from '#lib/reload/engine/sink.ts';
import { LOAD_HEADER_COLUMNS } from '#lib/targets/database/header-columns.ts';
import { deleteOldEvents, saveEventCursor } from '#lib/targets/mariadb/published.ts';
import { countRows, findTable, sameKey } from '#lib/targets/mariadb/table/landed-table.ts';
import { quote } from '#lib/targets/mariadb/table/names.ts';
import { columnType, differsSql } from '#lib/targets/mariadb/table/types.ts';
import { mergedEventsNotes } from '#lib/targets/publish-notes.ts';
import type { Loading } from './loading.ts';

export interface MergedEvents {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly notes: readonly string[];
}

/**
 * Within the publishing transaction: the loaded events into the table that is there, each once by its key. Landed events that were not loaded
 * stay. A table of earlier appends may have a key several times; of the keys that were loaded one row stays.
 */
export async function addEvents(loading: Loading, events: StagedEvents): Promise<MergedEvents> {
  const { session, options, names } = loading;
  const { plan } = options;
  const loaded = names.temporary('loaded');
  const repeated = await deleteRepeated(loading, loaded);
  const same = sameKey(plan.key, 't', 's');
  const values = plan.columns.filter(({ name }) => !plan.key.includes(name));
  const differs = values.map((column) => {
    const name = quote(column.name);
    return differsSql(columnType(column, plan.key), `t.${name}`, `s.${name}`);
  });
  const written = [...values.map(({ name }) => quote(name)), ...LOAD_HEADER_COLUMNS];
  const updated =
    differs.length === 0
      ? 0
      : await session.run(`UPDATE ${names.live} t JOIN ${loaded} s ON ${same}
          SET ${written.map((name) => `t.${name} = s.${name}`).join(', ')} WHERE ${differs.join(' OR ')}`);
  const replaced = await deleteReplaced(loading, loaded);
  const columns = [...plan.columns.map(({ name }) => quote(name)), ...LOAD_HEADER_COLUMNS];
  const inserted = await session.run(`INSERT INTO ${names.live} (${columns.join(', ')})
    SELECT ${columns.map((name) => `s.${name}`).join(', ')} FROM ${loaded} s LEFT JOIN ${names.live} t ON ${same} WHERE t.hdr__run_id IS NULL`);
  await saveEventCursor(session, names, events);
  const old = await deleteOldEvents(session, names, { events, withHistory: false });
  return { inserted, updated, deleted: old.deleted + repeated + replaced, notes: [...mergedEventsNotes(repeated), ...old.notes] };
}

/** Items that an event had when it was read before, and has no more. With rejected rows none: a missing item may be one of them. */
async function deleteReplaced({ session, options, names }: Loading, loaded: string): Promise<number> {
  const { key, events } = options.plan;
  if (events === null || events.owner.length === 0 || options.rejected != null) return 0;
  const owners = events.owner.map(quote).join(', ');
  return session.run(`DELETE t FROM ${names.live} t JOIN (SELECT DISTINCT ${owners} FROM ${loaded}) o ON ${sameKey(events.owner, 't', 'o')}
    LEFT JOIN ${loaded} s ON ${sameKey(key, 't', 's')} WHERE s.${quote(key[0] ?? '')} IS NULL`);
}

/** Only a table whose key earlier appends have widened can have several rows of one key: they have different run ids then. */
async function deleteRepeated({ session, options, names }: Loading, loaded: string): Promise<number> {
  const found = await findTable(session, names.table);
  if (found === null || !found.primaryKey.includes('hdr__run_id')) return 0;
  const { key } = options.plan;
  const keys = key.map((name) => `a.${quote(name)}`).join(', ');
  const before = await countRows(session, names.live);
  await session.run(`DELETE t FROM ${names.live} t JOIN (
      SELECT ${keys}, a.hdr__run_id, ROW_NUMBER() OVER (PARTITION BY ${keys} ORDER BY a.hdr__loaded_at DESC) AS entrada__copy
      FROM ${names.live} a JOIN ${loaded} n ON ${sameKey(key, 'a', 'n')}) d
    ON ${sameKey(key, 't', 'd')} AND t.hdr__run_id = d.hdr__run_id WHERE d.entrada__copy > 1`);
  return before - (await countRows(session, names.live));
}
