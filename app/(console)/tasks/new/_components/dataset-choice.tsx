'use client';

import { useId, useState } from 'react';
import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import { DatasetCheckList } from '../../_components/dataset-check-list.tsx';

interface DatasetChoiceProps {
  readonly datasets: readonly DatasetSummaryDto[];
  readonly chosen: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (ids: readonly string[]) => void;
}

/** Chooses the datasets of a task. Datasets without access can be chosen and are marked. */
export function DatasetChoice({ datasets, chosen, error, onChange }: DatasetChoiceProps) {
  const id = useId();
  const [first] = useState(() => new Set(chosen));
  // Datasets that were chosen on the metadata page come first; the order stays while a person changes the choice.
  const ordered = [...datasets].sort((a, b) => Number(first.has(b.id)) - Number(first.has(a.id)));
  const toggle = (datasetId: string, on: boolean) =>
    onChange(datasets.map((dataset) => dataset.id).filter((other) => (other === datasetId ? on : chosen.includes(other))));
  return (
    <fieldset className="grid gap-1.5" aria-describedby={error === undefined ? undefined : `${id}-error`}>
      <legend className="mb-1.5 flex w-full items-baseline justify-between text-sm font-medium">
        Datasets
        <span className="text-xs font-normal tabular-nums text-muted-foreground">
          {chosen.length} of {datasets.length} chosen
        </span>
      </legend>
      <DatasetCheckList
        datasets={ordered}
        chosen={chosen}
        onToggle={toggle}
        className="max-h-96"
        note={({ access, permissions }) =>
          access === 'granted' ? null : (
            <span className="text-right text-[11px] text-amber-700 dark:text-amber-300">needs {permissions[0]}</span>
          )
        }
      />
      {error === undefined ? null : (
        <p id={`${id}-error`} role="alert" className="text-xs text-destructive">
          {error}
        </p>
      )}
    </fieldset>
  );
}
