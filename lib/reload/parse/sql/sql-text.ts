/** A DuckDB (and standard SQL) identifier: quoted, quotes doubled. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A DuckDB string literal; backslashes have no meaning there. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
