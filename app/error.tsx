'use client';

import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';

export default function RootError({ error, reset }: { readonly error: Error & { digest?: string }; readonly reset: () => void }) {
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState
        title="This page could not be shown"
        description={`An internal error occurred. Try again${error.digest === undefined ? '.' : `. If the problem persists, give the operator this reference: ${error.digest}`}`}
        action={<Button onClick={reset}>Try again</Button>}
      />
    </main>
  );
}
