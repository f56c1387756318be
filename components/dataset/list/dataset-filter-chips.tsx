'use client';

import { X } from 'lucide-react';
import { PlainSelect } from '#components/ui/form/plain-select.tsx';
import { DatasetArea } from '#lib/domain/dataset/dataset.ts';
import { CHIP_LABEL, type FilterChip, isFiltered, type ListFilters, NO_FILTERS, toggleChip } from './dataset-filters.ts';

const EVERY_AREA = 'every';

interface DatasetFilterChipsProps {
  /** Chips that match at least one entry. */
  readonly chips: readonly FilterChip[];
  readonly filters: ListFilters;
  readonly onChange: (filters: ListFilters) => void;
}

/** Filters of the dataset list in addition to its search. */
export function DatasetFilterChips({ chips, filters, onChange }: DatasetFilterChipsProps) {
  return (
    <fieldset className="flex min-w-0 flex-wrap items-center gap-1 px-2 pb-1.5">
      <legend className="sr-only">Show only</legend>
      <PlainSelect
        aria-label="Area"
        className="h-6 w-auto shrink-0 rounded-full px-2 text-xs shadow-none"
        value={filters.area ?? EVERY_AREA}
        options={[[EVERY_AREA, 'Every area'], ...DatasetArea.options.map((area) => [area, area] as const)]}
        onChange={(value) => onChange({ ...filters, area: DatasetArea.safeParse(value).data ?? null })}
      />
      {chips.map((chip) => (
        <button
          key={chip}
          type="button"
          aria-pressed={filters.chips.has(chip)}
          onClick={() => onChange(toggleChip(filters, chip))}
          className="h-6 shrink-0 rounded-full border px-2 text-xs text-muted-foreground hover:text-foreground aria-pressed:border-primary aria-pressed:bg-primary/10 aria-pressed:font-medium aria-pressed:text-primary"
        >
          {CHIP_LABEL[chip]}
        </button>
      ))}
      {isFiltered(filters) ? (
        <button
          type="button"
          onClick={() => onChange(NO_FILTERS)}
          className="inline-flex h-6 shrink-0 items-center gap-1 rounded-full px-1.5 text-xs text-muted-foreground hover:text-foreground"
        >
          <X aria-hidden className="size-3" />
          Clear
        </button>
      ) : null}
    </fieldset>
  );
}
