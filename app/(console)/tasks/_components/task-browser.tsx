import type { StartRunAction } from '#components/run/reload-button.tsx';
import { choiceQuery, type TaskChoice } from '#components/task/task-choice.ts';
import { TaskList } from '#components/task/task-list.tsx';
import { chooseTasks, type TaskListItem, taskFilters } from '#components/task/task-list-items.ts';
import { ShowAllBar } from '#components/ui/layout/show-all-bar.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import { TaskChoiceBar } from './task-choice-bar.tsx';

interface TaskBrowserProps {
  /** Sorted by name. */
  readonly tasks: readonly TaskListItem[];
  readonly choice: TaskChoice;
  /** Absent for people who may not reload. */
  readonly reloadAction?: StartRunAction;
}

/** Number of tasks that are listed before *Show all*. */
const TASKS_FIRST = 50;

/** The tasks that the address chooses, with search, filter and order. */
export function TaskBrowser({ tasks, choice, reloadAction }: TaskBrowserProps) {
  const chosen = chooseTasks(tasks, choice);
  const shown = choice.all ? chosen : chosen.slice(0, TASKS_FIRST);
  return (
    <>
      <TaskChoiceBar first={choice} filters={taskFilters(tasks, choice.filter)} />
      <section aria-label="Tasks" className="overflow-hidden rounded-lg border bg-card">
        <p role="status" className="sr-only">
          {formatCounted(chosen.length, 'task')}
        </p>
        {chosen.length === 0 ? (
          <p className="px-4 py-6 text-center text-sm text-muted-foreground">
            No task matches. Search for another name, or show all tasks.
          </p>
        ) : (
          <TaskList tasks={shown} {...(reloadAction === undefined ? {} : { reloadAction })} />
        )}
        <ShowAllBar
          shown={shown.length}
          total={chosen.length}
          noun="task"
          href={`/tasks${choiceQuery({ ...choice, all: true })}`}
        />
      </section>
    </>
  );
}
