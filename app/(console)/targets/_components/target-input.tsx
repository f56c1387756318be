import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { PasswordInput } from '#components/ui/form/password-input.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/form/select.tsx';
import type { TargetField } from '#lib/domain/target/target.ts';

interface TargetInputProps {
  readonly field: TargetField;
  readonly value: string;
  readonly error: string | undefined;
  /** Whether a secret is stored, which stays when nothing is entered. */
  readonly stored: boolean;
  readonly onChange: (value: string) => void;
}

/** One field of the form, as the module of the kind defines it. */
export function TargetInput({ field, value, error, stored, onChange }: TargetInputProps) {
  const hint = stored
    ? 'A value is stored. Leave the field empty to keep it. Enter it again when you change other settings.'
    : field.hint;
  const described = {
    label: field.label,
    error,
    ...(hint === undefined ? {} : { hint }),
    ...(field.optional === true ? { optional: true } : {}),
  };
  const entered = {
    value,
    spellCheck: false,
    autoComplete: 'off',
    ...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }),
  };
  switch (field.input) {
    case 'choice':
      return (
        <Select value={value} onValueChange={onChange}>
          <Field {...described}>
            <SelectTrigger>
              <SelectValue />
            </SelectTrigger>
          </Field>
          <SelectContent>
            {(field.options ?? []).map((option) => (
              <SelectItem key={option.value} value={option.value}>
                {option.label}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      );
    case 'password':
      return (
        <Field {...described}>
          <PasswordInput
            what={field.label.toLowerCase()}
            {...entered}
            autoComplete="new-password"
            onChange={(event) => onChange(event.target.value)}
          />
        </Field>
      );
    case 'lines':
      return (
        <Field {...described} optional>
          <textarea
            {...entered}
            rows={4}
            onChange={(event) => onChange(event.target.value)}
            className="w-full rounded-md border border-input bg-card px-2.5 py-1.5 shadow-xs font-mono text-xs outline-none focus-visible:ring-2 focus-visible:ring-ring"
          />
        </Field>
      );
    default:
      return (
        <Field {...described}>
          <Input
            {...entered}
            {...(field.input === 'number' ? { inputMode: 'numeric', className: 'w-28' } : { className: 'font-mono' })}
            onChange={(event) => onChange(event.target.value)}
          />
        </Field>
      );
  }
}
