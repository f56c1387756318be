'use client';

import { useId } from 'react';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/form/select.tsx';

interface SwitchableProps {
  readonly label: string;
  readonly hint: string;
  readonly checked: boolean;
  readonly onChange: (on: boolean) => void;
}

/** A setting that is on or off. */
export function Switchable({ label, hint, checked, onChange }: SwitchableProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <Checkbox id={id} checked={checked} onCheckedChange={(on) => onChange(on === true)} />
      <label htmlFor={id} className="text-sm">
        {label}
        <span className="block text-xs text-muted-foreground">{hint}</span>
      </label>
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A setting that is one of several. */
export function Choice({ label, value, options, hint, error, onChange }: ChoiceProps) {
  return (
    <Select value={value} onValueChange={onChange}>
      <Field label={label} error={error} {...(hint === undefined ? {} : { hint })}>
        <SelectTrigger>
          <SelectValue />
        </SelectTrigger>
      </Field>
      <SelectContent>
        {options.map(([option, words]) => (
          <SelectItem key={option} value={option}>
            {words}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
