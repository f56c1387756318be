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
    'Some events arrive late or change later. Each run therefore reads this time before the last run again. Every event is landed once.',
    '',
  ],
  ['firstDays', 'First run, days back', 'Empty: all events that Graph keeps (30 days; 7 days without a Premium licence).', 'All'],
  [
    'retentionDays',
    'Delete events in the target after (days)',
    'Empty: events are kept, even after Graph has deleted them.',
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
