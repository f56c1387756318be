'use client';

import { Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { toast } from 'sonner';
import { ConfirmButton } from '#components/run/confirm-button.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';

interface DeleteTaskButtonProps {
  readonly task: { readonly id: string; readonly name: string };
  /** A sentence: what of it stays in the target. */
  readonly stays: string;
  readonly action: (input: { taskId: string }) => Promise<ActionResult<null>>;
}

/** Deletes a task after asking. */
export function DeleteTaskButton({ task, stays, action }: DeleteTaskButtonProps) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Delete"
      confirmLabel="Delete task"
      icon={<Trash2 aria-hidden />}
      variant="ghost"
      title={`Delete ${task.name}?`}
      description={`The task, its schedule and the history of its runs are removed. ${stays}`}
      onConfirm={async () => {
        const result = await action({ taskId: task.id });
        if (!result.ok) return result.problem;
        toast.success(`Deleted ${task.name}`);
        router.push('/tasks');
        return null;
      }}
    />
  );
}
