/** Positions in a sorted list: `from` inclusive, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const TERM = /^(?:startswith\(userPrincipalName,\s*'((?:[^']|'')*)'\)|userPrincipalName (ge|gt|le|lt|eq) '((?:[^']|'')*)')$/i;

/**
 * The rows of an OData `$filter` on the sorted user principal names: `startsWith` and comparisons, joined by `and`. Null for other
 * filters, which are answered with 400.
 */
export function spanOf(keys: readonly string[], filter: string | null): Span | null {
  let [from, to] = [0, keys.length];
  for (const term of filter === null ? [] : filter.split(/ and /i)) {
    const match = TERM.exec(term.trim().replace(/^\((.*)\)$/, '$1'));
    if (match === null) return null;
    const [, prefix, operator, value] = match;
    const text = (prefix ?? value ?? '').replaceAll("''", "'").toLowerCase();
    const first = lowerBound(keys, text);
    const behind = prefix === undefined ? upperBound(keys, text) : lowerBound(keys, `${text}\uffff`);
    const kind = prefix === undefined ? operator?.toLowerCase() : 'eq';
    if (kind === 'ge' || kind === 'eq') from = Math.max(from, first);
    if (kind === 'gt') from = Math.max(from, behind);
    if (kind === 'le' || kind === 'eq') to = Math.min(to, behind);
    if (kind === 'lt') to = Math.min(to, first);
  }
  return { from, to: Math.max(from, to) };
}

function lowerBound(keys: readonly string[], text: string): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

function upperBound(keys: readonly string[], text: string): number {
  const first = lowerBound(keys, text);
  let behind = first;
  while (keys[behind] === text) behind++;
  return behind;
}
