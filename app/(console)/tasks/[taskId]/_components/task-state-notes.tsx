'use client';

import { useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import type { ActionResult, Problem } from '#lib/domain/problem.ts';
import type { TaskDto } from '#lib/domain/task/task.ts';

interface TaskStateNotesProps {
  readonly task: Pick<TaskDto, 'id' | 'pausedAt' | 'awaitsDrop'>;
  /** Absent for people who may not do it. */
  readonly drop?: (input: { taskId: string }) => Promise<ActionResult<null>>;
}

/** Conditions that prevent a task from starting. */
export function TaskStateNotes({ task, drop }: TaskStateNotesProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, run] = useTransition();
  if (task.pausedAt === null && !task.awaitsDrop) return null;
  const dropAgain = () =>
    run(async () => {
      const result = await drop?.({ taskId: task.id });
      setProblem(result === undefined || result.ok ? null : result.problem);
    });
  return (
    <div role="status" className="mb-6 space-y-2 rounded-lg border border-amber-600/40 bg-amber-500/5 px-4 py-3 text-sm">
      {task.pausedAt === null ? null : <p>This task is paused. It cannot start until somebody resumes it.</p>}
      {task.awaitsDrop ? (
        <div className="flex flex-wrap items-center gap-3">
          <p>Entrada could not drop the tables from before the last edit. The task cannot start until they are dropped.</p>
          {drop === undefined ? null : (
            <Button size="sm" variant="outline" onClick={dropAgain} disabled={pending}>
              {pending ? 'Dropping…' : 'Drop again'}
            </Button>
          )}
        </div>
      ) : null}
      {problem === null ? null : <ProblemAlert problem={problem} />}
    </div>
  );
}
