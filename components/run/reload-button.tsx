'use client';

import { Play } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';

/** Starts a run of a task. */
export type StartRunAction = (input: {
  taskId: string;
  confirmDeletes?: boolean;
  full?: boolean;
  datasetIds?: string[];
  failedOnly?: boolean;
}) => Promise<ActionResult<{ runId: string }>>;

interface ReloadButtonProps {
  readonly taskId: string;
  readonly taskName: string;
  readonly action: StartRunAction;
  readonly label?: string;
  /** Reads everything, even where the task reads only changes. */
  readonly full?: boolean;
  /** Reads only the datasets that failed. */
  readonly failedOnly?: boolean;
  readonly variant?: 'default' | 'outline' | 'ghost';
}

/** Starts a run and opens its page. */
export function ReloadButton({
  taskId,
  taskName,
  action,
  label = 'Reload now',
  full = false,
  failedOnly = false,
  variant = 'default',
}: ReloadButtonProps) {
  const router = useRouter();
  const [pending, start] = useTransition();

  function reload() {
    start(async () => {
      const result = await action({ taskId, full, failedOnly });
      if (!result.ok) {
        toast.error(result.problem.title, { description: result.problem.remedy });
        return;
      }
      toast.success(`Reload of ${taskName} started`);
      router.push(`/runs/${result.value.runId}`);
    });
  }

  return (
    <Button variant={variant} size="sm" onClick={reload} disabled={pending}>
      <Play aria-hidden />
      {pending ? 'Starting…' : label}
      <span className="sr-only"> {taskName}</span>
    </Button>
  );
}
