import { formatCounted } from '#lib/domain/format.ts';
import type { RejectedRow, RejectedRows, UnprovenParents, UnreadColumn } from './run.ts';

/** What could not be read of a dataset in a run. */
export interface NotRead {
  readonly unread: readonly UnreadColumn[];
  readonly unproven: UnprovenParents;
  readonly rejected: RejectedRows;
}

/** Maximum number of parents or rejected rows that are listed by name; the others are only counted. */
export const PARENTS_NAMED_MAX = 5;

/** Whether anything could not be read. */
export function isNotRead({ unread, unproven, rejected }: NotRead): boolean {
  return unread.length > 0 || unproven.count > 0 || rejected.count > 0;
}

/** `Entrada could not prove that the rows of 3 parents are complete; their landed rows were kept.` */
export function unprovenMessage({ count }: UnprovenParents): string {
  return `Entrada could not prove that the rows of ${formatCounted(count, 'parent')} are complete; their landed rows were kept.`;
}

/** `3 rows could not be stored, and are in users__rejected. Landed rows with the same key were not changed.` */
export function rejectedMessage({ count }: RejectedRows, dataset: string): string {
  return `${formatCounted(count, 'row')} could not be stored, and ${count === 1 ? 'is' : 'are'} in ${dataset}__rejected. Landed rows with the same key were not changed.`;
}

/** `b: Column n holds a value that is not int32.` */
export function rejectedRowMessage({ key, reason }: RejectedRow): string {
  return `${key === '' ? 'A row without a readable key' : key}: ${reason}`;
}

/** `Could not be read: jobTitle, mail`, for narrow layouts. */
export function notReadSummary({ unread, unproven, rejected }: NotRead): string {
  const parents = unproven.count === 0 ? [] : [`all rows of ${formatCounted(unproven.count, 'parent')}`];
  const rows = rejected.count === 0 ? [] : [formatCounted(rejected.count, 'row')];
  return `Could not be read: ${[...unread.map(({ name }) => name), ...parents, ...rows].join(', ')}`;
}

/** What could not be read of a dataset, one line each, for a console. */
export function notReadLines({ unread, unproven, rejected }: NotRead, dataset: string): readonly string[] {
  return [
    ...unread.map(({ name, since, reason }) => `Could not be read: ${name} since ${since}. ${reason}`),
    ...named(unproven.count, unproven.parents, unprovenMessage(unproven), ({ id, reason }) => `${id}: ${reason}`),
    ...named(rejected.count, rejected.rows, rejectedMessage(rejected, dataset), rejectedRowMessage),
  ];
}

function named<T>(count: number, all: readonly T[], title: string, line: (one: T) => string): readonly string[] {
  if (count === 0) return [];
  const lines = all.slice(0, PARENTS_NAMED_MAX).map((one) => `  ${line(one)}`);
  const more = count - lines.length;
  return [title, ...lines, ...(more > 0 ? [`  and ${formatCounted(more, 'more', 'more')}`] : [])];
}
