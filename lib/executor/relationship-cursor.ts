import { z } from 'zod';

/**
 * Where a relationship goes on: parents whose children are still to be read, by id, parents that were begun with the link to their next
 * page, and the page of parents after those. Positions would not do: when a parent vanishes between a crash and the going on, they shift,
 * and another parent is passed over in silence.
 */
const RelationshipCursor = z.object({
  remaining: z.array(z.string()),
  begun: z.array(z.tuple([z.string(), z.string()])).default([]),
  nextUrl: z.string().nullable(),
});

/** What versions before wrote; only runs that were under way when Entrada was upgraded hold one. */
const PositionalCursor = z.object({ url: z.string(), done: z.number().int().nonnegative() });

export interface RelationshipState {
  /** By parent; null = its first page is still to be read. */
  readonly links: ReadonlyMap<string, string | null>;
  /** Null = every page of parents was read. */
  readonly nextUrl: string | null;
  /** Parents of the next page that were done already. */
  readonly skip: number;
}

/** Null when nothing is left. */
export function writeRelationshipCursor({ links, nextUrl }: Omit<RelationshipState, 'skip'>): string | null {
  if (links.size === 0 && nextUrl === null) return null;
  const remaining = [...links].flatMap(([id, link]) => (link === null ? [id] : []));
  const begun = [...links].flatMap(([id, link]): [string, string][] => (link === null ? [] : [[id, link]]));
  return JSON.stringify({ remaining, ...(begun.length === 0 ? {} : { begun }), nextUrl });
}

export function readRelationshipCursor(cursor: string): RelationshipState {
  const parsed = z.union([RelationshipCursor, PositionalCursor]).parse(JSON.parse(cursor));
  if ('done' in parsed) return { links: new Map(), nextUrl: parsed.url, skip: parsed.done };
  const { remaining, begun, nextUrl } = parsed;
  return { links: new Map([...remaining.map((id) => [id, null] as const), ...begun]), nextUrl, skip: 0 };
}
