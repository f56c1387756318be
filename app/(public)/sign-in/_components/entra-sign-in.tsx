'use client';

import { useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { signInWithEntraAction } from '../actions.ts';

export function EntraSignIn({ callbackUrl }: { readonly callbackUrl: string }) {
  const [pending, start] = useTransition();
  return (
    <>
      <div className="my-4 flex items-center gap-3 text-xs text-muted-foreground">
        <span className="h-px flex-1 bg-border" />
        or
        <span className="h-px flex-1 bg-border" />
      </div>
      <Button
        variant="outline"
        size="lg"
        className="w-full"
        disabled={pending}
        onClick={() =>
          start(async () => {
            await signInWithEntraAction({ callbackUrl });
          })
        }
      >
        <svg aria-hidden viewBox="0 0 21 21">
          <path fill="#f25022" d="M1 1h9v9H1z" />
          <path fill="#7fba00" d="M11 1h9v9h-9z" />
          <path fill="#00a4ef" d="M1 11h9v9H1z" />
          <path fill="#ffb900" d="M11 11h9v9h-9z" />
        </svg>
        Sign in with Microsoft
      </Button>
    </>
  );
}
