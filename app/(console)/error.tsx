'use client';

import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';

/** Does not show the error's message, which may contain anything. The operator finds the log entry by the digest. */
export default function ConsoleError({
  error,
  reset,
}: {
  readonly error: Error & { digest?: string };
  readonly reset: () => void;
}) {
  return (
    <EmptyState
      className="flex-1"
      title="This page could not be shown"
      description={
        <>
          An internal error occurred. Try again. If the problem persists, ask the operator of Entrada: the log has the reason
          {error.digest === undefined ? '.' : ' for this reference: '}
          {error.digest === undefined ? null : <code className="font-mono">{error.digest}</code>}
        </>
      }
      action={<Button onClick={reset}>Try again</Button>}
    />
  );
}
