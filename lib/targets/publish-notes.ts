import { EVENTS_ARE_APPENDED } from '#lib/domain/dataset/event-dataset.ts';
import { isLogDataset, LOG_ROWS_STAY } from '#lib/domain/dataset/log-dataset.ts';
import type { PublishOptions } from '#lib/reload/engine/sink.ts';

/** The notes that a publish leaves in the report of a run: the same words for every target. Each is empty where there is nothing to say. */

export function unprovenRowsNote(kept: number): readonly string[] {
  if (kept === 0) return [];
  return [`${kept} landed rows were not in the answers for parents that could not be read completely; these rows were kept.`];
}

/** Of landed rows that a comparison kept although they were not read. */
export function keptRowsNotes({
  plan,
  unproven,
  kept,
}: Pick<PublishOptions, 'plan' | 'unproven'> & { readonly kept: number }): readonly string[] {
  if (plan.events !== null) return [];
  if (isLogDataset(plan.dataset)) return [LOG_ROWS_STAY];
  return unproven === null ? [] : unprovenRowsNote(kept);
}

/** @param columns names of unread columns */
export function rowsWithoutValuesNote(rows: number, columns: readonly string[]): readonly string[] {
  return rows === 0 ? [] : [`${rows} rows are new: ${columns.join(', ')} is null in them until it can be read.`];
}

/** @param before ISO 8601 */
export function oldEventsNote(deleted: number, before: string): readonly string[] {
  return deleted === 0 ? [] : [`${deleted} events before ${before.slice(0, 10)} were deleted, as the task says.`];
}

/** Of events that were added to a table by their key. @param repeated rows that the table had more than once */
export function mergedEventsNotes(repeated: number): readonly string[] {
  if (repeated === 0) return [EVENTS_ARE_APPENDED];
  return [`${repeated} rows of earlier appends had the id of another one and were deleted.`, EVENTS_ARE_APPENDED];
}

/** @param appended rows whose key an earlier load has too */
export function widenedKeyNote(key: readonly string[], before: readonly string[], appended: number): string {
  return `The primary key is now (${key.join(', ')}), it was (${before.join(', ')}): ${appended} of the appended rows have a key that an earlier load has too.`;
}

/** Rows that a full comparison changed and delta query had not reported. */
interface UnreportedChanges {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Ids of some of them. */
  readonly ids: readonly string[];
}

export function unreportedChangesNote({ inserted, updated, deleted, ids }: UnreportedChanges): string {
  const total = inserted + updated + deleted;
  if (total === 0) return 'Full compare: delta query had reported every change.';
  return `Full compare: delta query had not reported ${total} changed rows (${ids.join(', ')}). This run corrected them: ${inserted} inserted, ${updated} updated and ${deleted} deleted.`;
}

/** @param wanted whether the task keeps a history */
export function keylessHistoryNote(wanted: boolean, key: readonly string[]): readonly string[] {
  return wanted && key.length === 0 ? ['Entrada keeps no history of this dataset, because it has no key.'] : [];
}
