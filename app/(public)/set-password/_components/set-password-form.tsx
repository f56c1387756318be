'use client';

import { useActionState, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { PasswordInput } from '#components/ui/form/password-input.tsx';
import { PASSWORD_MIN_CHARS } from '#lib/domain/account/user.ts';
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
      <Field
        label="New password"
        hint={wrong?.remedy ?? `At least ${PASSWORD_MIN_CHARS} characters; longer is better.`}
        error={wrong?.title}
      >
        <PasswordInput
          what="password"
          autoComplete="new-password"
          required
          autoFocus
          minLength={PASSWORD_MIN_CHARS}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      <Button type="submit" size="lg" disabled={pending}>
        {pending ? 'Setting…' : 'Set password and sign in'}
      </Button>
    </form>
  );
}
