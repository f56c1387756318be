import { documentStart, eachMember, valueAt } from './json-bytes.ts';

/**
 * Reads string and number members of the outermost object of a JSON document without building the rest, e.g. the link of a page whose rows
 * stay bytes. Stops when all of `names` are found.
 * @throws RemoteError `truncated-answer` when the document is truncated.
 */
export function readTopLevelMembers(body: Uint8Array, names: ReadonlySet<string>): ReadonlyMap<string, string | number> {
  const found = new Map<string, string | number>();
  eachMember(body, documentStart(body), (key, span) => {
    if (!names.has(key)) return true;
    const value = valueAt(body, span);
    if (typeof value === 'string' || typeof value === 'number') found.set(key, value);
    return found.size < names.size;
  });
  return found;
}
