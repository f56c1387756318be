import { z } from 'zod';

/**
 * Where a relationship continues: ids of parents whose children are still to be read, started parents with the link to their next
 * page, and the page of parents after those. Positions are not used: when a parent is deleted between a crash and the resumption, they shift,
 * and another parent would be skipped.
 */
const RelationshipCursor = z.object({
  remaining: z.array(z.string()),
  begun: z.array(z.tuple([z.string(), z.string()])).default([]),
  nextUrl: z.string().nullable(),
  /** Missing in what versions before wrote: not known. */
  listed: z.number().int().nonnegative().nullable().default(null),
});

/** What versions before wrote; only runs that were under way when Entrada was upgraded hold one. */
const PositionalCursor = z.object({ url: z.string(), done: z.number().int().nonnegative() });

export interface RelationshipState {
  /** By parent; null = its first page is still to be read. */
  readonly links: ReadonlyMap<string, string | null>;
  /** Null = every page of parents was read. */
  readonly nextUrl: string | null;
  /** Different parents on the pages before `nextUrl`; null = not known. */
  readonly listed: number | null;
  /** Parents of the next page that were done already. */
  readonly skip: number;
}

/** Null when nothing is left and the list of parents is over. */
export function writeRelationshipCursor(
  { links, nextUrl, listed }: Omit<RelationshipState, 'skip'>,
  isOver: boolean,
): string | null {
  if (links.size === 0 && nextUrl === null && isOver) return null;
  const remaining = [...links].flatMap(([id, link]) => (link === null ? [id] : []));
  const begun = [...links].flatMap(([id, link]): [string, string][] => (link === null ? [] : [[id, link]]));
  return JSON.stringify({ remaining, ...(begun.length === 0 ? {} : { begun }), nextUrl, listed });
}

export function readRelationshipCursor(cursor: string): RelationshipState {
  const parsed = z.union([RelationshipCursor, PositionalCursor]).parse(JSON.parse(cursor));
  if ('done' in parsed) return { links: new Map(), nextUrl: parsed.url, listed: null, skip: parsed.done };
  const { remaining, begun, nextUrl, listed } = parsed;
  return { links: new Map([...remaining.map((id) => [id, null] as const), ...begun]), nextUrl, listed, skip: 0 };
}
