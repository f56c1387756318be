/** Longest beginning of a name that its copy keeps: `… copy 999` still fits. */
export const COPIED_NAME_MAX = 108;

/** The name, or the first of `name 2`, `name 3` … that is not taken. */
export function unusedName(name: string, taken: ReadonlySet<string>): string {
  let candidate = name;
  for (let number = 2; taken.has(candidate); number++) candidate = `${name} ${number}`;
  return candidate;
}

/** A name for a copy. @param taken names that start with the first COPIED_NAME_MAX characters of `name` */
export function nameOfCopy(name: string, taken: ReadonlySet<string>): string {
  return unusedName(`${name.slice(0, COPIED_NAME_MAX)} copy`, taken);
}
