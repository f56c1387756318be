/**
 * Why a source path is invalid, or null (lib/reload/parse/source-path.ts defines the format). Each name between dots is a
 * property, `[]` after it means the items of its list; the text from an `@` on is the name of an annotation.
 */
export function sourcePathProblem(path: string): string | null {
  const at = path.indexOf('@');
  const names = (at < 0 ? path : path.slice(0, at)).split('.');
  // The name before the `@` is the annotated property; empty for an annotation of the row.
  const required = at < 0 ? names : names.slice(0, -1);
  if (required.some((name) => name.replace(/\[\]$/, '') === ''))
    return 'The path has an empty name. Write property.property, or list[].property.';
  if (/\p{Cc}/u.test(path)) return 'The path has a character that property names cannot have.';
  return null;
}
