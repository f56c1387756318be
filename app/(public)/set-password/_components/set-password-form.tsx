'use client';

import { useActionState, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { NewPasswordField } from '#components/ui/form/new-password-field.tsx';
import type { Problem } from '#lib/domain/problem.ts';
import { setPasswordByLinkAction } from '../actions.ts';

export function SetPasswordForm({ token, email }: { readonly token: string; readonly email: string }) {
  const [password, setPassword] = useState('');
  const [problem, submit, pending] = useActionState<Problem | null>(async () => {
    const result = await setPasswordByLinkAction({ token, password });
    return result.ok ? null : result.problem;
  }, null);
  const wrong = problem?.field === 'password' ? problem : null;
  return (
    <form action={submit} className="grid gap-4">
      {problem === null || wrong !== null ? null : <ProblemAlert problem={problem} />}
      <input type="hidden" autoComplete="username" value={email} readOnly />
      <NewPasswordField label="New password" autoFocus value={password} problem={wrong} onChange={setPassword} />
      <Button type="submit" size="lg" disabled={pending}>
        {pending ? 'Setting…' : 'Set password and sign in'}
      </Button>
    </form>
  );
}
