import { z } from 'zod';
import type { PartState } from '#lib/graph/paging/read-parts.ts';

/**
 * What is left of a collection, as the checkpoint keeps it. Links are long and begin alike: what they begin with is written once. Null
 * stands for a part that was not begun.
 */
const PartCursor = z.object({ head: z.string(), left: z.array(z.tuple([z.string(), z.string().nullable()])) });

export function writePartCursor(left: readonly PartState[]): string | null {
  if (left.length === 0) return null;
  const links = left.flatMap(({ link }) => link ?? []);
  // What the first and the last in order have in common, all have.
  const sorted = links.toSorted();
  const head = commonStart(sorted[0] ?? '', sorted.at(-1) ?? '');
  const cursor: z.infer<typeof PartCursor> = {
    head,
    left: left.map(({ filter, link }) => [filter, link === null ? null : link.slice(head.length)]),
  };
  return JSON.stringify(cursor);
}

/** Cursors of versions before are the link to the next page of the whole. */
export function readPartCursor(cursor: string): readonly PartState[] {
  if (!cursor.startsWith('{')) return [{ filter: '', link: cursor }];
  const { head, left } = PartCursor.parse(JSON.parse(cursor));
  return left.map(([filter, rest]) => ({ filter, link: rest === null ? null : head + rest }));
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}

/** The whole, of which nothing is read: the cursor of what comes before the first rows. */
export const NOT_STARTED = JSON.stringify({ head: '', left: [['', null]] } satisfies z.infer<typeof PartCursor>);

/** Whether rows have been read up to a cursor. */
export function isStarted(cursor: string | null): cursor is string {
  return cursor !== null && cursor !== NOT_STARTED;
}
