/**
 * Why nothing can be read at a source path (lib/reload/parse/source-path.ts says how one is written), or null. Each name between dots stands for a
 * property, `[]` behind it for the items of its list; from an `@` on it is the name of an annotation.
 */
export function sourcePathProblem(path: string): string | null {
  const at = path.indexOf('@');
  const names = (at < 0 ? path : path.slice(0, at)).split('.');
  // What stands right before the `@` is the property that is annotated; none for an annotation of the row.
  const required = at < 0 ? names : names.slice(0, -1);
  if (required.some((name) => name.replace(/\[\]$/, '') === ''))
    return 'A name in it is empty: write property.property, or list[].property.';
  if (/\p{Cc}/u.test(path)) return 'It has a character that no property name has.';
  return null;
}
