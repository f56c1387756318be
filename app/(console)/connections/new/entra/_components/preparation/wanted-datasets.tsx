'use client';

import { useId } from 'react';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Label } from '#components/ui/form/label.tsx';
import { SegmentedControl } from '#components/ui/form/segmented-control.tsx';
import type { PreparationDto } from '#lib/domain/connection/connection.ts';

const SCOPES = [
  { value: 'all', label: 'Everything readable' },
  { value: 'some', label: 'Only some' },
] as const;

/** Initial choice when not all datasets are needed. */
const USUAL = ['users', 'groups', 'group_members'];

interface WantedDatasetsProps {
  readonly catalogue: PreparationDto['catalogue'];
  /** Names of datasets; null = all. */
  readonly wanted: readonly string[] | null;
  readonly onWanted: (wanted: readonly string[] | null) => void;
}

/** Chooses the datasets to compute permissions for. */
export function WantedDatasets({ catalogue, wanted, onWanted }: WantedDatasetsProps) {
  const areas = [...new Set(catalogue.map(({ area }) => area))];
  return (
    <div className="space-y-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <p className="text-muted-foreground">Permissions for</p>
        <SegmentedControl
          label="Permissions for"
          value={wanted === null ? 'all' : 'some'}
          options={SCOPES}
          onValueChange={(scope) => onWanted(scope === 'all' ? null : USUAL)}
        />
      </div>
      {wanted === null ? null : (
        <div
          // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable by keyboard
          tabIndex={0}
          className="max-h-56 space-y-2 overflow-y-auto rounded-md border bg-card p-2.5 focus-visible:-outline-offset-2"
        >
          {areas.map((area) => (
            <fieldset key={area}>
              <legend className="mb-1 text-xs font-medium text-muted-foreground">{area}</legend>
              <div className="grid gap-1">
                {catalogue
                  .filter((dataset) => dataset.area === area)
                  .map(({ name, title }) => (
                    <Choice
                      key={name}
                      title={title}
                      checked={wanted.includes(name)}
                      onChange={(checked) =>
                        onWanted(checked ? [...wanted, name] : wanted.filter((candidate) => candidate !== name))
                      }
                    />
                  ))}
              </div>
            </fieldset>
          ))}
        </div>
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly title: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

function Choice({ title, checked, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <div className="flex items-center gap-2">
      <Checkbox id={id} checked={checked} onCheckedChange={(next) => onChange(next === true)} />
      <Label htmlFor={id} className="text-xs font-normal">
        {title}
      </Label>
    </div>
  );
}
