'use client';

import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { PasswordInput } from '#components/ui/form/password-input.tsx';
import { Dialog, DialogContent, DialogFooter, DialogHeader } from '#components/ui/overlay/dialog.tsx';
import type { UserDto } from '#lib/domain/account/user.ts';
import type { ActionResult, Problem } from '#lib/domain/problem.ts';

export interface FreshSignInDialogProps {
  readonly ways: UserDto['signInWith'];
  readonly signInAgainAction: (input: { password: string }) => Promise<ActionResult<null>>;
  /** Leaves the page; the person has to repeat their action afterwards. */
  readonly signInAgainWithEntraAction: (input: { callbackUrl: string }) => Promise<ActionResult<{ readonly redirectTo: string }>>;
  readonly onAnswer: (signedIn: boolean) => void;
}

export function FreshSignInDialog({ ways, signInAgainAction, signInAgainWithEntraAction, onAnswer }: FreshSignInDialogProps) {
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  // Not a transition: React completes transitions together, and the one that opened this dialog waits for it.
  const [pending, setPending] = useState(false);
  const hasPassword = ways.includes('password');

  async function attempt<T>(action: () => Promise<ActionResult<T>>, onDone: (value: T) => void) {
    setPending(true);
    const result = await action();
    setPending(false);
    if (result.ok) onDone(result.value);
    else setProblem(result.problem);
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    // The dialog may be inside a form of the page, and React events bubble to it.
    event.stopPropagation();
    void attempt(
      () => signInAgainAction({ password }),
      () => onAnswer(true),
    );
  }

  function goToMicrosoft() {
    const callbackUrl = `${location.pathname}${location.search}`;
    void attempt(
      () => signInAgainWithEntraAction({ callbackUrl }),
      ({ redirectTo }) => location.assign(redirectTo),
    );
  }

  return (
    <Dialog open onOpenChange={(next) => !next && onAnswer(false)}>
      <DialogContent>
        <form onSubmit={submit} className="grid gap-4">
          <DialogHeader title="Sign in again">
            {hasPassword
              ? 'This change needs your password, because your last sign-in is more than ten minutes old.'
              : 'This change needs a new sign-in. Sign in at Microsoft, then repeat the change here.'}
          </DialogHeader>
          {problem !== null && problem.field !== 'current' ? <ProblemAlert problem={problem} /> : null}
          {hasPassword ? (
            <Field label="Your password" error={problem?.field === 'current' ? problem.title : null}>
              <PasswordInput
                what="password"
                autoComplete="current-password"
                required
                autoFocus
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            </Field>
          ) : null}
          <DialogFooter>
            <Button variant="outline" onClick={() => onAnswer(false)} disabled={pending}>
              Cancel
            </Button>
            {ways.includes('entra') ? (
              <Button variant={hasPassword ? 'outline' : 'default'} onClick={goToMicrosoft} disabled={pending}>
                Sign in with Microsoft
              </Button>
            ) : null}
            {hasPassword ? (
              <Button type="submit" disabled={pending}>
                Continue
              </Button>
            ) : null}
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
