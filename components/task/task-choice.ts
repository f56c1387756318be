/** `problems`: the last run failed or is done with problems. */
export const TASK_FILTERS = ['all', 'problems', 'running', 'paused', 'never'] as const;
export type TaskFilter = (typeof TASK_FILTERS)[number];

export const TASK_SORTS = ['name', 'last-run', 'next-run', 'rows', 'duration'] as const;
export type TaskSort = (typeof TASK_SORTS)[number];

export const TASK_SORT_LABEL = {
  name: 'Name',
  'last-run': 'Last run, newest first',
  'next-run': 'Next run, soonest first',
  rows: 'Rows of the last run, most first',
  duration: 'Time of the last run, longest first',
} satisfies Record<TaskSort, string>;

/** Which tasks the list shows, and in which order. The address of the page keeps it. */
export interface TaskChoice {
  readonly text: string;
  readonly filter: TaskFilter;
  readonly sort: TaskSort;
  /** All of them, and not only the first. */
  readonly all: boolean;
}

const FIRST: TaskChoice = { text: '', filter: 'all', sort: 'name', all: false };

/** The choice that the address of the page names; unknown values are as if absent. */
export function readChoice(query: Readonly<Record<string, string | readonly string[] | undefined>>): TaskChoice {
  const { q, show, sort, all } = query;
  return {
    text: typeof q === 'string' ? q : FIRST.text,
    filter: TASK_FILTERS.find((value) => value === show) ?? FIRST.filter,
    sort: TASK_SORTS.find((value) => value === sort) ?? FIRST.sort,
    all: all === 'yes',
  };
}

/** The query of an address with this choice, with its `?`; empty for the first one. */
export function choiceQuery({ text, filter, sort, all }: TaskChoice): string {
  const query = new URLSearchParams();
  if (text.trim() !== '') query.set('q', text.trim());
  if (filter !== FIRST.filter) query.set('show', filter);
  if (sort !== FIRST.sort) query.set('sort', sort);
  if (all) query.set('all', 'yes');
  return query.size === 0 ? '' : `?${query}`;
}
