'use client';

import { type ReactNode, useId, useState } from 'react';
import { cn } from '#components/ui/cn.ts';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Input } from '#components/ui/form/input.tsx';

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly title: string;
}

interface DatasetCheckListProps<D extends Listed> {
  /** In the order in which they are listed. */
  readonly datasets: readonly D[];
  /** Ids. */
  readonly chosen: readonly string[];
  readonly onToggle: (id: D['id'], on: boolean) => void;
  /** What stands at the end of a line; null: nothing. */
  readonly note: (dataset: D) => ReactNode;
  /** Of the list: its height. */
  readonly className: string;
}

/** Datasets with a check box each, and a search by name or title. */
export function DatasetCheckList<D extends Listed>({ datasets, chosen, onToggle, note, className }: DatasetCheckListProps<D>) {
  const id = useId();
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const shown = datasets.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(wanted));
  return (
    <>
      <Input
        type="search"
        aria-label="Search datasets"
        placeholder="Search datasets"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <ul className={cn('divide-y overflow-y-auto rounded-md border bg-card', className)}>
        {shown.map((dataset) => (
          <li key={dataset.id} className="flex items-center gap-2.5 px-3 py-1.5 hover:bg-muted/50">
            <Checkbox
              id={`${id}-${dataset.id}`}
              checked={chosen.includes(dataset.id)}
              onCheckedChange={(on) => onToggle(dataset.id, on === true)}
            />
            <label htmlFor={`${id}-${dataset.id}`} className="min-w-0 flex-1 cursor-pointer text-sm">
              <span className="block truncate">{dataset.title}</span>
              <span className="block truncate font-mono text-[11px] text-muted-foreground">{dataset.name}</span>
            </label>
            {note(dataset)}
          </li>
        ))}
        {shown.length === 0 ? (
          <li className="px-3 py-4 text-center text-xs text-muted-foreground">No dataset has that name.</li>
        ) : null}
      </ul>
    </>
  );
}
