import type { TaskTarget } from './task.ts';

const SUFFIXES = ['__ct', '__history', '__rejected'] as const;

/** Tables that a task writes beside the table of a dataset: changes, history, rows that were set aside. */
export function sideTablesOf(dataset: string, target: TaskTarget): readonly string[] {
  if (target.method === 'reload') return [];
  const { history, unreadableRows } = target.settings;
  const compares = target.method === 'reload-and-compare';
  return [
    ...(compares ? [`${dataset}__ct`] : []),
    ...(compares && history ? [`${dataset}__history`] : []),
    ...(unreadableRows === 'set-aside' ? [`${dataset}__rejected`] : []),
  ];
}

/** All names that tables beside the table of a dataset can have. */
export function sideTableNames(dataset: string): readonly string[] {
  return SUFFIXES.map((suffix) => `${dataset}${suffix}`);
}

/** The dataset beside whose table a table of this name could be; null when its name is none of a side table. */
export function sideTableBase(table: string): string | null {
  const suffix = SUFFIXES.find((one) => table.endsWith(one));
  return suffix === undefined ? null : table.slice(0, -suffix.length);
}
