'use client';

import { Copy, Pause, Pencil, Play } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';

interface TaskActionsProps {
  readonly task: { readonly id: string; readonly name: string; readonly isPaused: boolean };
  readonly duplicate: (input: { taskId: string }) => Promise<ActionResult<{ taskId: string; name: string }>>;
  readonly pause: (input: { taskId: string; paused: boolean }) => Promise<ActionResult<null>>;
}

/** Edit, duplicate, and pause or resume a task. */
export function TaskActions({ task, duplicate, pause }: TaskActionsProps) {
  const router = useRouter();
  const [pending, run] = useTransition();
  const refuse = (result: ActionResult<unknown>) => {
    if (!result.ok) toast.error(result.problem.title, { description: result.problem.remedy });
    return !result.ok;
  };
  const copy = () =>
    run(async () => {
      const made = await duplicate({ taskId: task.id });
      if (refuse(made) || !made.ok) return;
      toast.success(`${made.value.name} made`);
      router.push(`/tasks/${made.value.taskId}/edit`);
    });
  const setPaused = () =>
    run(async () => {
      if (refuse(await pause({ taskId: task.id, paused: !task.isPaused }))) return;
      toast.success(task.isPaused ? `${task.name} resumed` : `${task.name} paused`);
    });
  return (
    <>
      <Button asChild variant="ghost" size="sm">
        <Link href={`/tasks/${task.id}/edit`}>
          <Pencil aria-hidden />
          Edit
        </Link>
      </Button>
      <Button variant="ghost" size="sm" onClick={copy} disabled={pending}>
        <Copy aria-hidden />
        Duplicate
      </Button>
      <Button variant="ghost" size="sm" onClick={setPaused} disabled={pending}>
        {task.isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
        {task.isPaused ? 'Resume' : 'Pause'}
      </Button>
    </>
  );
}
