'use client';

import { Pause, Play } from 'lucide-react';
import { useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';

interface PauseSchedulesButtonProps {
  readonly isPaused: boolean;
  readonly action: (input: { paused: boolean }) => Promise<ActionResult<null>>;
}

/** Pauses or resumes all schedules of this installation. */
export function PauseSchedulesButton({ isPaused, action }: PauseSchedulesButtonProps) {
  const [pending, run] = useTransition();
  const toggle = () =>
    run(async () => {
      const result = await action({ paused: !isPaused });
      if (!result.ok) toast.error(result.problem.title, { description: result.problem.remedy });
    });
  return (
    <Button variant="outline" size="sm" onClick={toggle} disabled={pending}>
      {isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
      {isPaused ? 'Resume all schedules' : 'Pause all schedules'}
    </Button>
  );
}
