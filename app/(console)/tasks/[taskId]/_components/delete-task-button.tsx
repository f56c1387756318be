'use client';

import { DeleteButton } from '#components/run/delete-button.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';

interface DeleteTaskButtonProps {
  readonly task: { readonly id: string; readonly name: string };
  /** A sentence about the landed tables or files, which stay. */
  readonly stays: string;
  readonly action: (input: { taskId: string }) => Promise<ActionResult<null>>;
}

/** Deletes a task after a confirmation. */
export function DeleteTaskButton({ task, stays, action }: DeleteTaskButtonProps) {
  return (
    <DeleteButton
      what="task"
      name={task.name}
      description={`Entrada deletes the task, its schedule and the history of its runs. ${stays}`}
      remove={() => action({ taskId: task.id })}
      next="/tasks"
    />
  );
}
