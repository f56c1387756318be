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
  readonly isMadeAnew: boolean;
  readonly onChange: (drift: DriftSettings) => void;
}

const CHANGES = ['new', 'lost', 'retyped', 'renamed'] as const satisfies readonly DriftChange[];

const HINT = {
  new: 'The table has no such column.',
  lost: 'Deselected, or gone from Graph. A kept one is empty in new rows.',
  retyped: 'Changed only if no value is lost. Values that a kept type cannot hold are unreadable rows.',
  renamed: 'The same property of Graph has another name.',
} as const satisfies Record<DriftChange, string>;

/** What happens when the columns of a dataset are no longer those of its table. */
export function DriftFields({ drift, isMadeAnew, onChange }: DriftFieldsProps) {
  const choices = isMadeAnew ? REPLACED_TABLE_DRIFT_CHOICES : DRIFT_CHOICES;
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1 text-sm font-medium">When columns change</legend>
      <p className="-mt-1 text-xs text-muted-foreground">
        {isMadeAnew
          ? 'Each run makes the table or files anew with the columns of the dataset. Tables of events stay: a lost column is kept there.'
          : 'The run shows what was done. A dataset that stops changes nothing.'}
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
