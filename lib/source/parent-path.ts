/**
 * A path with the keys of a parent in the places of `{id}`. A parent that hangs on another object has both keys in its own, as `joinKeys`
 * writes them.
 */
export function fillPath(path: string, parentKey: string): string {
  const levels = path.split('{id}').length - 1;
  const keys = levels > 1 ? splitKeys(parentKey) : [parentKey];
  return keys.reduce((filled, key) => filled.replace('{id}', encodeURIComponent(key)), path);
}

/** The key of an object below another one. Each part is percent-encoded, so that a slash in a key is no separator. */
export function joinKeys(above: string, key: string): string {
  return `${encodeURIComponent(above)}/${encodeURIComponent(key)}`;
}

/** The two keys of `joinKeys`. */
export function splitKeys(joined: string): readonly string[] {
  return joined.split('/').map(decodeURIComponent);
}
