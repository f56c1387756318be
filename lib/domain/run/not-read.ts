import { formatCounted } from '#lib/domain/format.ts';
import type { UnprovenParents, UnreadColumn } from './run.ts';

/** What of a dataset could not be read in a run. */
export interface NotRead {
  readonly unread: readonly UnreadColumn[];
  readonly unproven: UnprovenParents;
}

/** Parents that are named; the others are counted. */
export const PARENTS_NAMED_MAX = 5;

/** Whether anything could not be read. */
export function isNotRead({ unread, unproven }: NotRead): boolean {
  return unread.length > 0 || unproven.count > 0;
}

/** `Rows of 3 parents could not be proven complete; what is landed of them was kept.` */
export function unprovenMessage({ count }: UnprovenParents): string {
  return `Rows of ${formatCounted(count, 'parent')} could not be proven complete; what is landed of them was kept.`;
}

/** `Could not be read: jobTitle, mail`, for a narrow place. */
export function notReadSummary({ unread, unproven }: NotRead): string {
  const parents = unproven.count === 0 ? [] : [`all rows of ${formatCounted(unproven.count, 'parent')}`];
  return `Could not be read: ${[...unread.map(({ name }) => name), ...parents].join(', ')}`;
}

/** What could not be read, a line each, for a console. */
export function notReadLines({ unread, unproven }: NotRead): readonly string[] {
  const columns = unread.map(({ name, since, reason }) => `Could not be read: ${name} since ${since}. ${reason}`);
  if (unproven.count === 0) return columns;
  const named = unproven.parents.slice(0, PARENTS_NAMED_MAX).map(({ id, reason }) => `  ${id}: ${reason}`);
  const more = unproven.count - named.length;
  return [...columns, unprovenMessage(unproven), ...named, ...(more > 0 ? [`  and ${formatCounted(more, 'more', 'more')}`] : [])];
}
