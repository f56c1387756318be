'use client';

import { useActionState, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { PasswordInput } from '#components/ui/form/password-input.tsx';
import type { Problem } from '#lib/domain/problem.ts';
import { signInAction } from '../actions.ts';

export function SignInForm({ callbackUrl }: { readonly callbackUrl: string }) {
  const [email, setEmail] = useState('');
  const [problem, submit, pending] = useActionState<Problem | null, FormData>(async (_before, form) => {
    const result = await signInAction({ email, password: String(form.get('password') ?? ''), callbackUrl });
    return result.ok ? null : result.problem;
  }, null);
  return (
    <form action={submit} className="grid gap-4">
      {problem === null ? null : <ProblemAlert problem={problem} />}
      <Field label="E-mail">
        <Input
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </Field>
      <Field label="Password">
        <PasswordInput what="password" name="password" autoComplete="current-password" required />
      </Field>
      <Button type="submit" size="lg" disabled={pending}>
        {pending ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  );
}
