import { formatCounted } from '#lib/domain/format.ts';

/** Maximum number of task names in a refusal. */
const NAMES_MAX = 5;

/** Names for a refusal: `First, Second and 3 more`. */
export function namesOfTasks(tasks: readonly { readonly name: string }[]): string {
  const names = tasks.slice(0, NAMES_MAX).map((task) => task.name);
  const more = tasks.length > NAMES_MAX ? ` and ${formatCounted(tasks.length - NAMES_MAX, 'more', 'more')}` : '';
  return `${names.join(', ')}${more}`;
}
