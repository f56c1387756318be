'use client';

import { PASSWORD_MIN_CHARS } from '#lib/domain/account/user.ts';
import type { Problem } from '#lib/domain/problem.ts';
import { Field } from './field.tsx';
import { PasswordInput } from './password-input.tsx';

interface NewPasswordFieldProps {
  readonly label: string;
  readonly value: string;
  /** What was wrong with the last one; null: nothing, or another field. */
  readonly problem: Problem | null;
  readonly autoFocus?: boolean;
  readonly onChange: (password: string) => void;
}

/** A password that a person chooses. */
export function NewPasswordField({ label, value, problem, autoFocus = false, onChange }: NewPasswordFieldProps) {
  return (
    <Field
      label={label}
      hint={problem?.remedy ?? `At least ${PASSWORD_MIN_CHARS} characters; longer is better.`}
      error={problem?.title}
    >
      <PasswordInput
        what={label.toLowerCase()}
        autoComplete="new-password"
        required
        autoFocus={autoFocus}
        minLength={PASSWORD_MIN_CHARS}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}
