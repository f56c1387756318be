import { formatCounted } from '#lib/domain/format.ts';

/** Maximum number of task names in a refusal. */
const NAMES_MAX = 5;

/** Names for a refusal: `First, Second and 3 more`. Tasks of connections in `closed` are counted, not named. */
export function namesOfTasks(
  tasks: readonly { readonly name: string; readonly connectionId: string }[],
  closed: readonly string[],
): string {
  const names = tasks
    .filter(({ connectionId }) => !closed.includes(connectionId))
    .slice(0, NAMES_MAX)
    .map((task) => task.name);
  const more = tasks.length - names.length;
  if (names.length === 0) return `${formatCounted(more, 'task')} of connections that you may not see`;
  return `${names.join(', ')}${more > 0 ? ` and ${formatCounted(more, 'more', 'more')}` : ''}`;
}
