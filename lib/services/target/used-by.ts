import { formatCounted } from '#lib/domain/format.ts';

/** Most names of tasks that a refusal has. */
const NAMES_MAX = 5;

/** For a refusal: `First, Second and 3 more`. */
export function namesOfTasks(tasks: readonly { readonly name: string }[]): string {
  const names = tasks.slice(0, NAMES_MAX).map((task) => task.name);
  const more = tasks.length > NAMES_MAX ? ` and ${formatCounted(tasks.length - NAMES_MAX, 'more', 'more')}` : '';
  return `${names.join(', ')}${more}`;
}
