import { eachMember, startOf, valueAt } from './json-bytes.ts';

/**
 * Reads string and number members of the outermost object of a JSON document without building the rest: a page's links, of rows that
 * stay bytes. Stops as soon as all of `names` are found.
 * @throws RemoteError `truncated-answer` when the document ends in the middle.
 */
export function readTopLevel(body: Uint8Array, names: ReadonlySet<string>): ReadonlyMap<string, string | number> {
  const found = new Map<string, string | number>();
  eachMember(body, startOf(body), (key, span) => {
    if (!names.has(key)) return true;
    const value = valueAt(body, span);
    if (typeof value === 'string' || typeof value === 'number') found.set(key, value);
    return found.size < names.size;
  });
  return found;
}
