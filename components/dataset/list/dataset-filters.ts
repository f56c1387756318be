import type { DatasetEntry } from '../dataset-entry.ts';

/** Filters in addition to the search. Filters of different groups are combined with and; kinds are alternatives. */
export const FILTER_CHIPS = ['selected', 'readable', 'entity', 'relationship', 'child', 'events', 'advanced', 'changed'] as const;
export type FilterChip = (typeof FILTER_CHIPS)[number];

export const CHIP_LABEL = {
  selected: 'Selected',
  readable: 'Readable',
  entity: 'Entities',
  relationship: 'Relationships',
  child: 'Child tables',
  events: 'Events',
  advanced: 'Advanced',
  changed: 'To decide',
} as const satisfies Record<FilterChip, string>;

const KINDS: ReadonlySet<FilterChip> = new Set(['entity', 'relationship', 'child', 'events']);

export interface ListFilters {
  readonly chips: ReadonlySet<FilterChip>;
  /** Null: all areas. */
  readonly area: DatasetEntry['area'] | null;
}

export const NO_FILTERS: ListFilters = { chips: new Set(), area: null };

export function isFiltered(filters: ListFilters): boolean {
  return filters.chips.size > 0 || filters.area !== null;
}

/** Filters with one chip toggled. */
export function toggleChip(filters: ListFilters, chip: FilterChip): ListFilters {
  const chips = new Set(filters.chips);
  if (!chips.delete(chip)) chips.add(chip);
  return { ...filters, chips };
}

/** Chips that match at least one entry; an active one stays, so that it can be turned off. */
export function usefulChips(entries: readonly DatasetEntry[], { chips }: ListFilters): readonly FilterChip[] {
  return FILTER_CHIPS.filter((chip) => chips.has(chip) || entries.some((entry) => hasTrait(entry, chip)));
}

/** Whether an entry matches the filters. */
export function passes(entry: DatasetEntry, { chips, area }: ListFilters): boolean {
  if (area !== null && entry.area !== area) return false;
  const wanted = [...chips];
  const kinds = wanted.filter((chip) => KINDS.has(chip));
  if (kinds.length > 0 && !kinds.includes(entry.kind)) return false;
  return wanted.every((chip) => KINDS.has(chip) || hasTrait(entry, chip));
}

function hasTrait(entry: DatasetEntry, chip: FilterChip): boolean {
  switch (chip) {
    case 'selected':
      return entry.selected;
    case 'readable':
      return entry.access === 'granted';
    case 'advanced':
      return entry.origin === 'advanced';
    case 'changed':
      return entry.pending > 0;
    case 'entity':
    case 'relationship':
    case 'child':
    case 'events':
      return entry.kind === chip;
  }
}
