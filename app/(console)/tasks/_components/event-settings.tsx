'use client';

import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';

/** Numbers as entered text. */
export interface EventSettingsValues {
  readonly lookbackHours: string;
  readonly firstDays: string;
  readonly retentionDays: string;
}

interface EventSettingsFieldsProps {
  readonly values: EventSettingsValues;
  readonly errors: Partial<Record<keyof EventSettingsValues, string>>;
  readonly onChange: (next: Partial<EventSettingsValues>) => void;
}

const FIELDS = [
  [
    'lookbackHours',
    'Look back, hours',
    'Events arrive late, and some change for a while. Each run reads these hours before the last one again; every event is landed once.',
    '',
  ],
  ['firstDays', 'First run, days back', 'Empty: everything that Graph keeps (30 days; 7 without a Premium licence).', 'All'],
  [
    'retentionDays',
    'Delete events in the target after so many days',
    'Empty: they are kept, also after Graph has deleted them.',
    'Never',
  ],
] as const;

/** Settings of the task's event datasets. */
export function EventSettingsFields({ values, errors, onChange }: EventSettingsFieldsProps) {
  return (
    <fieldset className="grid gap-4 rounded-md border p-3">
      <legend className="px-1 text-sm font-medium">Events (sign-ins, audits and other logs)</legend>
      {FIELDS.map(([name, label, hint, placeholder]) => (
        <Field key={name} label={label} hint={hint} error={errors[name]}>
          <Input
            inputMode="numeric"
            value={values[name]}
            placeholder={placeholder}
            onChange={(event) => onChange({ [name]: event.target.value })}
            className="w-24"
          />
        </Field>
      ))}
    </fieldset>
  );
}
