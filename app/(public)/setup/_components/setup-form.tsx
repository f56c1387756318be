'use client';

import { useActionState, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { NewPasswordField } from '#components/ui/form/new-password-field.tsx';
import type { Problem } from '#lib/domain/problem.ts';
import { createFirstUserAction } from '../actions.ts';

const FIELDS = new Set(['name', 'email', 'password']);

export function SetupForm({ token }: { readonly token: string }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [problem, submit, pending] = useActionState<Problem | null>(async () => {
    const result = await createFirstUserAction({ token, name, email, password });
    return result.ok ? null : result.problem;
  }, null);
  const errorOf = (field: string) => (problem?.field === field ? problem.title : null);
  return (
    <form action={submit} className="grid gap-4">
      {problem === null || FIELDS.has(problem.field ?? '') ? null : <ProblemAlert problem={problem} />}
      <Field label="Name" error={errorOf('name')}>
        <Input autoComplete="name" required autoFocus value={name} onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field label="E-mail" error={errorOf('email')}>
        <Input type="email" autoComplete="username" required value={email} onChange={(event) => setEmail(event.target.value)} />
      </Field>
      <NewPasswordField
        label="Password"
        value={password}
        problem={problem?.field === 'password' ? problem : null}
        onChange={setPassword}
      />
      <Button type="submit" size="lg" disabled={pending}>
        {pending ? 'Creating…' : 'Create account'}
      </Button>
    </form>
  );
}
