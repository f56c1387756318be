'use client';

import { CheckCheck } from 'lucide-react';
import { useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { markInboxReadAction } from '../actions.ts';

export function MarkAllReadButton() {
  const [pending, start] = useTransition();
  function mark() {
    start(async () => {
      const result = await markInboxReadAction({ notificationIds: null });
      if (!result.ok) toast.error(result.problem.title, { description: result.problem.remedy });
    });
  }
  return (
    <Button variant="outline" disabled={pending} onClick={mark}>
      <CheckCheck aria-hidden />
      Mark all as read
    </Button>
  );
}
