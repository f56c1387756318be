import { z } from 'zod';

/** Where to ask from next time: a delta link for each collection that a dataset's changes are told by. */
export interface DeltaMark {
  readonly own: string;
  /** By collection; null where Graph gives none. */
  readonly members: ReadonlyMap<string, string | null>;
}

const Written = z.object({ own: z.string(), members: z.record(z.string(), z.string().nullable()) });

/** One link is written as it is. */
export function writeMark({ own, members }: DeltaMark): string {
  return members.size === 0 ? own : JSON.stringify({ own, members: Object.fromEntries(members) });
}

/** Null for a mark that is damaged. */
export function readMark(mark: string): DeltaMark | null {
  if (!mark.startsWith('{')) return { own: mark, members: new Map() };
  const written = Written.safeParse(parseLoosely(mark));
  if (!written.success) return null;
  const { own, members } = written.data;
  return { own, members: new Map(Object.entries(members)) };
}

function parseLoosely(mark: string): unknown {
  try {
    return JSON.parse(mark);
  } catch {
    return null;
  }
}
