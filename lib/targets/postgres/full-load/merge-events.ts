import type { DriftDecision } from '#lib/domain/run/drift.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { StagedEvents } from '#lib/reload/engine/sink.ts';
import { deleteOldEvents, ensureTimeIndex, saveEventCursor } from '#lib/targets/postgres/events/event-cursor.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { fitTable } from '#lib/targets/postgres/table/drift.ts';
import { type FoundTable, findTable, namesOf, quote } from '#lib/targets/postgres/table/landed-table.ts';
import { POSTGRES_TYPE } from '#lib/targets/postgres/table/types.ts';
import { mergedEventsNotes } from '#lib/targets/publish-notes.ts';

export interface MergedEvents {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  readonly notes: readonly string[];
  readonly drift: readonly DriftDecision[];
}

interface Merge {
  /** The plan with the columns that were read. */
  readonly plan: DatasetPlan;
  readonly events: StagedEvents;
  /** Header columns of both tables. */
  readonly headerColumns: readonly string[];
  /** Decisions of before the reading. */
  readonly drift: readonly DriftDecision[];
  /** Some rows could not be taken: an item that the loaded rows lack may be one of them. */
  readonly hasRejected: boolean;
}

/**
 * Within the publishing transaction: merges the loaded events into the existing table, each once by its key. Landed events that were not loaded
 * stay. A table of earlier appends may contain a key several times; of the loaded keys one row stays.
 */
export async function mergeEvents(
  session: LandingSession,
  { plan, events, headerColumns, drift: decided, hasRejected }: Merge,
): Promise<MergedEvents> {
  const names = namesOf(plan);
  const [live, loaded] = [names.live, names.staging('new')];
  await session.run(`LOCK TABLE ${live} IN SHARE ROW EXCLUSIVE MODE`);
  const found = await findTable(session, plan.namespace, plan.table);
  const drift = found === null ? [] : await fitTable(session, plan, { found, drift: decided });
  const types = (await findTable(session, plan.namespace, plan.table))?.columns;
  const same = plan.key.map((name) => `entrada__t.${quote(name)} = entrada__s.${quote(name)}`).join(' AND ');
  const value = ({ name, type }: DatasetPlan['columns'][number]): string =>
    `entrada__s.${quote(name)}::${types?.get(name) ?? POSTGRES_TYPE[type]}`;
  const repeated =
    found !== null && mayRepeat(found)
      ? await session.run(`DELETE FROM ${live} entrada__t USING (SELECT ctid AS row_id, row_number() OVER (PARTITION BY ${plan.key.map((name) => `entrada__a.${quote(name)}`).join(', ')} ORDER BY ctid DESC) AS copy
          FROM ${live} entrada__a WHERE EXISTS (SELECT FROM ${loaded} entrada__s WHERE ${same.replaceAll('entrada__t', 'entrada__a')})) entrada__d
          WHERE entrada__t.ctid = entrada__d.row_id AND entrada__d.copy > 1`)
      : 0;
  const before = plan.columns.map(({ name }) => `entrada__t.${quote(name)}`).join(', ');
  const sets = [
    ...plan.columns.map((column) => `${quote(column.name)} = ${value(column)}`),
    ...headerColumns.map((name) => `${name} = entrada__s.${name}`),
  ];
  const updated = await session.run(`UPDATE ${live} entrada__t SET ${sets.join(', ')} FROM ${loaded} entrada__s
    WHERE ${same} AND ROW(${before}) IS DISTINCT FROM ROW(${plan.columns.map(value).join(', ')})`);
  const replaced = hasRejected ? 0 : await deleteReplaced(session, plan, { live, loaded });
  const inserted =
    await session.run(`INSERT INTO ${live} (${[...plan.columns.map(({ name }) => quote(name)), ...headerColumns].join(', ')})
    SELECT ${[...plan.columns.map(value), ...headerColumns.map((name) => `entrada__s.${name}`)].join(', ')} FROM ${loaded} entrada__s
    WHERE NOT EXISTS (SELECT FROM ${live} entrada__t WHERE ${same})`);
  const kept = await keepEvents(session, plan, events);
  return {
    inserted,
    updated,
    deleted: kept.deleted + repeated + replaced,
    notes: [...mergedEventsNotes(repeated), ...kept.notes],
    drift,
  };
}

/** Items that an event had when it was read before, and has no more. */
async function deleteReplaced(
  session: LandingSession,
  { key, events }: DatasetPlan,
  { live, loaded }: { readonly live: string; readonly loaded: string },
): Promise<number> {
  const owner = events?.owner ?? [];
  if (owner.length === 0) return 0;
  const same = (names: readonly string[]) =>
    names.map((name) => `entrada__t.${quote(name)} = entrada__s.${quote(name)}`).join(' AND ');
  return session.run(`DELETE FROM ${live} entrada__t WHERE EXISTS (SELECT FROM ${loaded} entrada__s WHERE ${same(owner)})
    AND NOT EXISTS (SELECT FROM ${loaded} entrada__s WHERE ${same(key)})`);
}

/** Stores the cursor, creates the index and applies the retention, after the rows have landed. */
export async function keepEvents(
  session: LandingSession,
  plan: DatasetPlan,
  events: StagedEvents,
): Promise<{ readonly deleted: number; readonly notes: readonly string[] }> {
  await ensureTimeIndex(session, plan, events);
  await saveEventCursor(session, plan, events);
  return deleteOldEvents(session, plan, { events, history: false });
}

/** Whether a key may occur several times: earlier appends left the table without a key, or with one that includes the run: see `refillRows`. */
function mayRepeat({ primaryKey }: FoundTable): boolean {
  return primaryKey.length === 0 || primaryKey.includes('hdr__run_id');
}
