'use client';

import { OptionSelect } from '#components/ui/form/option-select.tsx';
import {
  DRIFT_CHOICES,
  DRIFT_LABEL,
  type DriftChange,
  type DriftSettings,
  REPLACED_TABLE_DRIFT_CHOICES,
  shownDriftChoice,
} from '#lib/domain/task/drift-settings.ts';

interface DriftFieldsProps {
  readonly drift: DriftSettings;
  /** Each run makes the tables or files anew. */
  readonly recreatesTables: boolean;
  readonly onChange: (drift: DriftSettings) => void;
}

const CHANGES = ['new', 'lost', 'retyped', 'renamed'] as const satisfies readonly DriftChange[];

const HINT = {
  new: 'A column that the table does not have.',
  lost: 'A column that was deselected, or that Graph no longer has. If kept, it is empty in new rows.',
  retyped: 'A type changes only if no value is lost. With the old type, rows whose values do not fit are unreadable rows.',
  renamed: 'The column of a property has another name than before.',
} as const satisfies Record<DriftChange, string>;

/** What happens when the columns of a dataset are no longer those of its table. */
export function DriftFields({ drift, recreatesTables, onChange }: DriftFieldsProps) {
  const choices = recreatesTables ? REPLACED_TABLE_DRIFT_CHOICES : DRIFT_CHOICES;
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1 text-sm font-medium">When columns change</legend>
      <p className="-mt-1 text-xs text-muted-foreground">
        {recreatesTables
          ? 'Each run creates the table or the files again with the columns of the dataset. Tables of events are not created again, so they keep lost columns.'
          : 'The run shows what Entrada did. If a dataset stops, its landed data does not change.'}
      </p>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        {CHANGES.map((change) => (
          <OptionSelect
            key={change}
            label={DRIFT_LABEL[change]}
            value={shownDriftChoice(change, drift[change], choices)[0]}
            options={choices[change]}
            hint={HINT[change]}
            onChange={(value) => onChange({ ...drift, [change]: value })}
          />
        ))}
      </div>
    </fieldset>
  );
}
