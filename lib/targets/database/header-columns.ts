/** Header column of every table that Entrada landed, and of no other. */
export const RUN_ID_COLUMN = 'hdr__run_id';

/** Header columns of every compared table. */
export const COMPARE_HEADER_COLUMNS = ['hdr__inserted_at', 'hdr__updated_at', RUN_ID_COLUMN, 'hdr__row_hash'] as const;

/** Header columns of a fully loaded table. */
export const LOAD_HEADER_COLUMNS = ['hdr__loaded_at', RUN_ID_COLUMN] as const;

/** The data columns of a landed table, including those that are not read any more. */
export function dataColumns(types: ReadonlyMap<string, string>): readonly string[] {
  return [...types.keys()].filter((name) => !name.startsWith('hdr__'));
}
