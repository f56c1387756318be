'use client';

import { createContext, type ReactNode, use, useCallback, useState } from 'react';
import type { ActionResult } from '#lib/domain/problem.ts';
import { FreshSignInDialog, type FreshSignInDialogProps } from './fresh-sign-in-dialog.tsx';

type WithFreshSignIn = <T>(action: () => Promise<ActionResult<T>>) => Promise<ActionResult<T>>;

const FreshSignInContext = createContext<WithFreshSignIn>((action) => action());

/**
 * Calls an action that needs a recent sign-in: after that refusal, asks for the password and calls it again. Without a password it returns
 * the refusal.
 */
export function useFreshSignIn(): WithFreshSignIn {
  return use(FreshSignInContext);
}

interface FreshSignInProviderProps extends Omit<FreshSignInDialogProps, 'onAnswer'> {
  readonly children: ReactNode;
}

export function FreshSignInProvider({ children, ...dialog }: FreshSignInProviderProps) {
  const [asking, setAsking] = useState<{ readonly answer: (signedIn: boolean) => void } | null>(null);
  const withFreshSignIn = useCallback<WithFreshSignIn>(async (action) => {
    const first = await action();
    if (first.ok || first.problem.code !== 'fresh-sign-in-needed') return first;
    const signedIn = await new Promise<boolean>((answer) => setAsking({ answer }));
    setAsking(null);
    return signedIn ? action() : first;
  }, []);
  return (
    <FreshSignInContext value={withFreshSignIn}>
      {children}
      {asking === null ? null : <FreshSignInDialog {...dialog} onAnswer={asking.answer} />}
    </FreshSignInContext>
  );
}
