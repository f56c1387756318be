import { z } from 'zod';

/** The delta link of each collection that reports changes of a dataset. */
export interface DeltaToken {
  readonly own: string;
  /** By collection; null where Graph gives none. */
  readonly members: ReadonlyMap<string, string | null>;
}

const Written = z.object({ own: z.string(), members: z.record(z.string(), z.string().nullable()) });

/** One link is written as it is. */
export function writeDeltaToken({ own, members }: DeltaToken): string {
  return members.size === 0 ? own : JSON.stringify({ own, members: Object.fromEntries(members) });
}

/** Null for a delta token that is damaged. */
export function readDeltaToken(deltaToken: string): DeltaToken | null {
  if (!deltaToken.startsWith('{')) return { own: deltaToken, members: new Map() };
  const written = Written.safeParse(parseLoosely(deltaToken));
  if (!written.success) return null;
  const { own, members } = written.data;
  return { own, members: new Map(Object.entries(members)) };
}

function parseLoosely(deltaToken: string): unknown {
  try {
    return JSON.parse(deltaToken);
  } catch {
    return null;
  }
}
