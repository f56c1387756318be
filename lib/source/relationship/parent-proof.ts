/** What was read of one parent, from its first page to the end of its chain. */
export interface ParentReading {
  /** Different rows. */
  readonly rows: number;
  /** What Graph counted in each reading of this parent, the last one last; null where it sends no count. */
  readonly totals: readonly (number | null)[];
  /** Why an empty answer of this parent proves nothing (hidden membership); null: it does. */
  readonly hidden: string | null;
}

/** `again`: it has to be read again. `unseen`: its rows can't be seen. `failed`: the source contradicts itself. */
export type ParentVerdict =
  | { readonly kind: 'proven' | 'again' }
  | { readonly kind: 'unseen' | 'failed'; readonly reason: string };

/** Waits before a parent is read again whose count differs, milliseconds: the index that counts follows within seconds (Graph docs "Advanced query capabilities": eventual). */
export const REREAD_WAITS_MS = [2000, 8000] as const;

/**
 * Whether the rows of a parent are all that it has. Rows that came or went between two readings may be in or out: any number between the
 * counts of the last two is right.
 */
export function assessParent({ rows, totals, hidden }: ParentReading): ParentVerdict {
  if (rows === 0 && hidden !== null) return { kind: 'unseen', reason: hidden };
  const total = totals.at(-1) ?? null;
  const before = totals.at(-2) ?? total;
  if (total === null || before === null) return { kind: 'proven' };
  if (rows >= Math.min(before, total) && rows <= Math.max(before, total)) return { kind: 'proven' };
  if (totals.length <= REREAD_WAITS_MS.length) return { kind: 'again' };
  return { kind: 'failed', reason: `Graph counted ${total} rows but sent ${rows}, in each of ${totals.length} attempts` };
}
