import { TASK_FILTERS, TASK_SORTS, type TaskChoice } from '#components/task/task-list-items.ts';

const FIRST: TaskChoice = { text: '', filter: 'all', sort: 'name' };

/** The choice that the address of the page names; unknown values are as if absent. */
export function readChoice(query: Readonly<Record<string, string | readonly string[] | undefined>>): TaskChoice {
  const { q, show, sort } = query;
  return {
    text: typeof q === 'string' ? q : FIRST.text,
    filter: TASK_FILTERS.find((value) => value === show) ?? FIRST.filter,
    sort: TASK_SORTS.find((value) => value === sort) ?? FIRST.sort,
  };
}

/** The query of an address with this choice, with its `?`; empty for the first one. */
export function choiceQuery({ text, filter, sort }: TaskChoice): string {
  const query = new URLSearchParams();
  if (text.trim() !== '') query.set('q', text.trim());
  if (filter !== FIRST.filter) query.set('show', filter);
  if (sort !== FIRST.sort) query.set('sort', sort);
  return query.size === 0 ? '' : `?${query}`;
}
