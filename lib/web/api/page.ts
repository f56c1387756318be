import 'server-only';
import { z } from 'zod';
import { InvalidInputError } from '#lib/platform/errors.ts';

export const PAGE_LIMIT_MAX = 1000;

/** The part of a list: `cursor` is `nextCursor` of the previous page. */
export const PageQuery = z.object({
  cursor: z.string().min(1).max(500).exactOptional().describe('`nextCursor` of the previous page; absent for the first page.'),
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(100).describe('Maximum number of items on a page.'),
});
export type PageQuery = z.output<typeof PageQuery>;

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
  readonly limit: number;
}

/** The schema of a page: every list of the API has this shape. */
export function pageSchema<S extends z.ZodType>(item: S) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Null on the last page.'),
    limit: z.number().int(),
  });
}

/**
 * A page of a list in memory, sorted by `keyOf`. The cursor is the key of the last item, so that added or removed items
 * do not shift others to another page.
 * @throws InvalidInputError `cursor`
 */
export function pageOf<T>(
  all: readonly T[],
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  keyOf: (item: T) => readonly string[],
): Page<T> {
  const keyed = all.map((item) => ({ item, key: keyOf(item) })).toSorted((a, b) => compareKeys(a.key, b.key));
  const after = cursor === undefined ? null : readCursor(cursor);
  const rest = after === null ? keyed : keyed.filter(({ key }) => compareKeys(key, after) > 0);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = rest.length > limit && last !== undefined ? cursorOf(last.key) : null;
  return { items: page.map(({ item }) => item), nextCursor, limit };
}

/** Sort key by name, then id: the order of most lists. */
export const byName = ({ name, id }: { readonly name: string; readonly id: string }): readonly string[] => [name, id];

/** Sort key that orders times from newest to oldest. */
export function newestFirst(moment: string): string {
  return String(Number.MAX_SAFE_INTEGER - Date.parse(moment)).padStart(16, '0');
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index] ?? '';
    if (part !== other) return part < other ? -1 : 1;
  }
  return 0;
}

/** A cursor with `parts`; opaque to callers. */
export function cursorOf(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** @throws InvalidInputError `cursor` */
export function readCursor(cursor: string): readonly string[] {
  try {
    return z
      .array(z.string())
      .min(1)
      .parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (error) {
    const problem = {
      code: 'cursor',
      title: 'This is not a cursor of a page.',
      remedy: 'Send `nextCursor` of the previous page.',
    } as const;
    throw new InvalidInputError({ ...problem, fixer: 'you', field: 'cursor' }, { cause: error });
  }
}
