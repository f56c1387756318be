'use client';

import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { endOwnSessionAction } from '../actions.ts';

/** Ends a session in another browser. */
export function EndSessionButton({ sessionId, label }: { readonly sessionId: string; readonly label: string }) {
  const [pending, start] = useTransition();
  const [ended, setEnded] = useState(false);

  function end() {
    start(async () => {
      const result = await endOwnSessionAction({ sessionId });
      if (result.ok) setEnded(true);
      else toast.error(result.problem.title);
    });
  }

  return (
    <Button variant="outline" size="sm" className="ml-auto" aria-label={label} disabled={pending || ended} onClick={end}>
      {ended ? 'Ended' : 'End'}
    </Button>
  );
}
