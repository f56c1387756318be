'use client';

import { useId, useState } from 'react';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Input } from '#components/ui/form/input.tsx';
import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';

interface DatasetChoiceProps {
  readonly datasets: readonly DatasetSummaryDto[];
  readonly chosen: readonly string[];
  readonly error: string | undefined;
  readonly onChange: (ids: readonly string[]) => void;
}

/** Which datasets the task reads. Those that the token may not read can be chosen, and say so. */
export function DatasetChoice({ datasets, chosen, error, onChange }: DatasetChoiceProps) {
  const id = useId();
  const [search, setSearch] = useState('');
  const [first] = useState(() => new Set(chosen));
  // What was chosen on the metadata page comes first; it stays in place while boxes are ticked.
  const ordered = [...datasets].sort((a, b) => Number(first.has(b.id)) - Number(first.has(a.id)));
  const wanted = search.trim().toLowerCase();
  const shown = ordered.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(wanted));
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
      <Input
        type="search"
        aria-label="Search datasets"
        placeholder="Search datasets"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <ul className="max-h-96 divide-y overflow-y-auto rounded-md border bg-card">
        {shown.map((dataset) => (
          <li key={dataset.id} className="flex items-center gap-2.5 px-3 py-1.5 hover:bg-muted/50">
            <Checkbox
              id={`${id}-${dataset.id}`}
              checked={chosen.includes(dataset.id)}
              onCheckedChange={(on) => toggle(dataset.id, on === true)}
            />
            <label htmlFor={`${id}-${dataset.id}`} className="min-w-0 flex-1 cursor-pointer text-sm">
              <span className="block truncate">{dataset.title}</span>
              <span className="block truncate font-mono text-[11px] text-muted-foreground">{dataset.name}</span>
            </label>
            {dataset.access === 'granted' ? null : (
              <span className="text-right text-[11px] text-amber-700 dark:text-amber-300">needs {dataset.permissions[0]}</span>
            )}
          </li>
        ))}
        {shown.length === 0 ? (
          <li className="px-3 py-4 text-center text-xs text-muted-foreground">No dataset has that name.</li>
        ) : null}
      </ul>
      {error === undefined ? null : (
        <p id={`${id}-error`} role="alert" className="text-xs text-destructive">
          {error}
        </p>
      )}
    </fieldset>
  );
}
