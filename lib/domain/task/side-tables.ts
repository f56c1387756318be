import { NAME_BYTES_MAX, shortenedName } from './landing-names.ts';
import { type TaskTarget, writesFiles } from './task.ts';

const SUFFIXES = ['__ct', '__history', '__current', '__rejected', '__view'] as const;
type Suffix = (typeof SUFFIXES)[number];

/** Name of a table or view beside the table of a dataset; a long one is shortenedName in front of its ending. */
export function sideTableName(table: string, suffix: Suffix): string {
  return `${shortenedName(table, NAME_BYTES_MAX - suffix.length)}${suffix}`;
}

/** What a task writes in addition to a table: changes, history with the view of its present versions, rejected rows, the view of a relationship. */
export function sideTablesWrittenBeside(table: string, target: TaskTarget): readonly string[] {
  if (writesFiles(target)) return [];
  const { history, unreadableRows, relationshipViews } = target.settings;
  const compares = target.method === 'reload-and-compare';
  return [
    ...(compares ? [sideTableName(table, '__ct')] : []),
    ...(compares && history ? [sideTableName(table, '__history'), sideTableName(table, '__current')] : []),
    ...(unreadableRows === 'set-aside' ? [sideTableName(table, '__rejected')] : []),
    ...(relationshipViews ? [sideTableName(table, '__view')] : []),
  ];
}

/** All possible names of such tables and views of a table. */
export function possibleSideTableNames(table: string): readonly string[] {
  return SUFFIXES.map((suffix) => sideTableName(table, suffix));
}

/** The table to which one of this name could belong; null when it is not the name of such a table. */
export function tableOfSideTable(table: string): string | null {
  const suffix = SUFFIXES.find((one) => table.endsWith(one));
  return suffix === undefined ? null : table.slice(0, -suffix.length);
}
