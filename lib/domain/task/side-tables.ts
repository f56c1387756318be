import type { TaskTarget } from './task.ts';

const SUFFIXES = ['__ct', '__history', '__rejected'] as const;

/** Tables that a task writes in addition to the table of a dataset: changes, history, rejected rows. */
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

/** All possible names of such tables of a dataset. */
export function sideTableNames(dataset: string): readonly string[] {
  return SUFFIXES.map((suffix) => `${dataset}${suffix}`);
}

/** The dataset to which a table of this name could belong; null when it is not the name of such a table. */
export function sideTableBase(table: string): string | null {
  const suffix = SUFFIXES.find((one) => table.endsWith(one));
  return suffix === undefined ? null : table.slice(0, -suffix.length);
}
