'use client';

import { useActionState, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { NewPasswordField } from '#components/ui/form/new-password-field.tsx';
import { PasswordInput } from '#components/ui/form/password-input.tsx';
import type { Problem } from '#lib/domain/problem.ts';
import { changeOwnPasswordAction } from '../actions.ts';

const EMPTY = { current: '', password: '' };

export function PasswordForm({ email }: { readonly email: string }) {
  const [typed, setTyped] = useState(EMPTY);
  const [problem, submit, pending] = useActionState<Problem | null>(async () => {
    const result = await changeOwnPasswordAction(typed);
    if (!result.ok) return result.problem;
    setTyped(EMPTY);
    toast.success('Changed your password', { description: 'You are signed out in every other browser.' });
    return null;
  }, null);
  const wrong = problem?.field === 'password' ? problem : null;
  return (
    <form action={submit} className="grid max-w-sm gap-4">
      {problem === null || problem.field === 'current' || wrong !== null ? null : <ProblemAlert problem={problem} />}
      <input type="hidden" autoComplete="username" value={email} readOnly />
      <Field label="Current password" error={problem?.field === 'current' ? problem.title : null}>
        <PasswordInput
          what="current password"
          autoComplete="current-password"
          required
          value={typed.current}
          onChange={(event) => setTyped({ ...typed, current: event.target.value })}
        />
      </Field>
      <NewPasswordField
        label="New password"
        value={typed.password}
        problem={wrong}
        onChange={(password) => setTyped({ ...typed, password })}
      />
      <div>
        <Button type="submit" disabled={pending}>
          Change password
        </Button>
      </div>
    </form>
  );
}
