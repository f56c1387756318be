/** A word of a path, and not an id of a person, a group or a row: `users`, `getByIds`, `$batch`, `sign-in`, `v1.0`, `microsoft.graph.user`. */
const WORD = /^(?:\$?[A-Za-z]{1,40}(?:-[a-z]{1,20}){0,4}|v\d(?:\.\d)?|microsoft\.graph\.[A-Za-z]{1,60})$/;

/**
 * The path of a URL with `{id}` in place of what is no word: ids, names with an `@`, tokens. Keys and arguments in parentheses become `(...)`, and the
 * query is left out. OpenTelemetry's semantic conventions call it `url.template`.
 */
export function urlTemplate(path: string): string {
  const [plain = ''] = path.split(/[?#]/, 1);
  return plain
    .split('/')
    .map((segment) => {
      const [name = '', inner] = segment.split('(', 2);
      const word = name === '' || WORD.test(name) ? name : '{id}';
      return inner === undefined ? word : `${word}(${inner === ')' ? '' : '...'})`;
    })
    .join('/');
}
