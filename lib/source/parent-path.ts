/**
 * A path with the keys of a parent in place of `{id}`. A parent that has a parent itself has both keys in its own, in the format of
 * `joinKeys`.
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
