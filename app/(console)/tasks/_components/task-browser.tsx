'use client';

import { useState } from 'react';
import type { StartRunAction } from '#components/run/reload-button.tsx';
import { TaskList } from '#components/task/task-list.tsx';
import {
  chooseTasks,
  TASK_SORT_LABEL,
  TASK_SORTS,
  type TaskChoice,
  type TaskListItem,
  taskFilters,
} from '#components/task/task-list-items.ts';
import { CountedFilter } from '#components/ui/form/counted-filter.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { NativeSelect } from '#components/ui/form/native-select.tsx';
import { ShowAllBar } from '#components/ui/layout/show-all-bar.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import { choiceQuery } from './task-choice.ts';

interface TaskBrowserProps {
  /** Sorted by name. */
  readonly tasks: readonly TaskListItem[];
  readonly first: TaskChoice;
  /** Absent for people who may not reload. */
  readonly reloadAction?: StartRunAction;
}

/** Number of tasks that are listed before *Show all*. */
const TASKS_FIRST = 50;

/** All tasks, with search, filter and order, which the address keeps. */
export function TaskBrowser({ tasks, first, reloadAction }: TaskBrowserProps) {
  const [choice, setChoice] = useState(first);
  const [tasksMax, setTasksMax] = useState(TASKS_FIRST);
  const chosen = chooseTasks(tasks, choice);
  const shown = chosen.slice(0, tasksMax);
  const choose = (next: Partial<TaskChoice>) => {
    const after = { ...choice, ...next };
    setChoice(after);
    setTasksMax(TASKS_FIRST);
    window.history.replaceState(null, '', `${window.location.pathname}${choiceQuery(after)}`);
  };
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Input
          type="search"
          aria-label="Search tasks"
          placeholder="Name, connection or target"
          value={choice.text}
          onChange={(event) => choose({ text: event.target.value })}
          className="w-full sm:w-60"
        />
        <CountedFilter
          label="Show tasks"
          value={choice.filter}
          options={taskFilters(tasks, choice.filter)}
          onValueChange={(filter) => choose({ filter })}
        />
        <NativeSelect
          aria-label="Order of tasks"
          value={choice.sort}
          options={TASK_SORTS.map((sort) => [sort, TASK_SORT_LABEL[sort]])}
          onValueChange={(sort) => choose({ sort })}
          className="w-full sm:ml-auto sm:w-64"
        />
      </div>
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
        <ShowAllBar shown={shown.length} total={chosen.length} noun="task" onShowAll={() => setTasksMax(chosen.length)} />
      </section>
    </>
  );
}
