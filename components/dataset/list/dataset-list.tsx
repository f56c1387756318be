'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useMemo, useRef, useState } from 'react';
import { formatCount, formatCounted } from '#lib/domain/format.ts';
import type { DatasetEntry } from '../dataset-entry.ts';
import { DatasetFilterChips } from './dataset-filter-chips.tsx';
import { NO_FILTERS, passes, usefulChips } from './dataset-filters.ts';
import { type DatasetListItem, listItems, moveInList, rangeOf } from './dataset-list-items.ts';
import { AreaRow, EntryRow } from './dataset-list-row.tsx';
import { type ColumnIndex, searchDatasets, toSearchable } from './dataset-search.ts';
import { SearchField } from './search-field.tsx';
import { useSlashKey } from './use-slash-key.ts';

const AREA_PX = 32;
const ENTRY_PX = 46;
/** A search scrolls to the top: the head of the first group, then its best match. */
const FIRST_ENTRY = '[data-index="1"] [data-list-item]';

interface DatasetListProps {
  readonly entries: readonly DatasetEntry[];
  /** Names of columns for the search; may be loaded after the entries. */
  readonly columns: ColumnIndex;
  readonly activeKey: string | null;
  /** URL that a click on a dataset opens. */
  readonly hrefOf: (entry: DatasetEntry) => string;
  readonly onOpen: (entry: DatasetEntry) => void;
  /** Null: the person may view but not select. */
  readonly onSelect: ((entries: readonly DatasetEntry[], selected: boolean) => void) | null;
}

/** Datasets by area: search, filter, fold, open, and select one, a range, a group or all shown ones. */
export function DatasetList({ entries, columns, activeKey, hrefOf, onOpen, onSelect }: DatasetListProps) {
  const [query, setQuery] = useState('');
  const [filters, setFilters] = useState(NO_FILTERS);
  const [folded, setFolded] = useState<ReadonlyMap<string, boolean>>(new Map());
  const lastChosen = useRef<string | null>(null);
  const searchRef = useRef<HTMLInputElement>(null);
  const scrollRef = useRef<HTMLElement>(null);
  useSlashKey(searchRef);

  const searchable = useMemo(() => entries.map((entry) => toSearchable(entry, columns)), [entries, columns]);
  const hits = useMemo(
    () => searchDatasets(searchable, query).filter(({ entry }) => passes(entry, filters)),
    [searchable, query, filters],
  );
  const searching = query.trim() !== '' || filters.chips.has('advanced');
  const items = useMemo(() => listItems(hits, { searching, folded }), [hits, searching, folded]);
  const chips = useMemo(() => usefulChips(entries, filters), [entries, filters]);
  const byKey = useMemo(() => new Map(entries.map((entry) => [entry.key, entry])), [entries]);

  function choose(entry: DatasetEntry, selected: boolean, range: boolean) {
    if (onSelect === null) return;
    const keys = range ? rangeOf(items, lastChosen.current, entry.key) : [entry.key];
    lastChosen.current = entry.key;
    onSelect(
      keys.flatMap((key) => byKey.get(key) ?? []),
      selected,
    );
  }

  function search(value: string) {
    setQuery(value);
    // Another result scrolls to the top.
    if (scrollRef.current !== null) scrollRef.current.scrollTop = 0;
    // Folding during a search does not apply to the next search.
    if (value === '' || query === '') setFolded(new Map());
  }

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="border-b">
        <div className="p-2">
          <SearchField
            ref={searchRef}
            label="Search datasets"
            shortcut="/"
            value={query}
            onChange={search}
            onKeyDown={(event) => {
              if (event.key !== 'ArrowDown') return;
              event.preventDefault();
              scrollRef.current?.querySelector<HTMLElement>(FIRST_ENTRY)?.focus();
            }}
          />
        </div>
        <DatasetFilterChips chips={chips} filters={filters} onChange={setFilters} />
        <ShownBar hits={hits.map(({ entry }) => entry)} total={entries.length} onSelect={onSelect} />
      </div>
      <Rows
        items={items}
        query={query}
        activeKey={activeKey}
        scrollRef={scrollRef}
        hrefOf={hrefOf}
        onOpen={onOpen}
        onToggle={(key, open) => setFolded((state) => new Map(state).set(key, open))}
        onSelectGroup={onSelect}
        onSelect={onSelect === null ? null : choose}
      />
    </div>
  );
}

interface ShownBarProps {
  readonly hits: readonly DatasetEntry[];
  readonly total: number;
  readonly onSelect: DatasetListProps['onSelect'];
}

/** Number of shown datasets, and selection of those that the connection has. */
function ShownBar({ hits, total, onSelect }: ShownBarProps) {
  const own = hits.filter((entry) => entry.id !== null);
  const all = own.length > 0 && own.every((entry) => entry.selected);
  return (
    <div className="flex h-7 items-center gap-2 px-3 text-xs text-muted-foreground">
      <p aria-live="polite" className="min-w-0 flex-1 truncate tabular-nums">
        {hits.length === total
          ? formatCounted(total, 'dataset')
          : `${formatCount(hits.length)} of ${formatCounted(total, 'dataset')}`}
      </p>
      {onSelect === null || own.length === 0 ? null : (
        <button type="button" className="rounded-sm hover:text-foreground hover:underline" onClick={() => onSelect(own, !all)}>
          {all ? 'Deselect' : 'Select'} all {formatCount(own.length)} shown
        </button>
      )}
    </div>
  );
}

interface RowsProps {
  readonly items: readonly DatasetListItem[];
  readonly query: string;
  readonly activeKey: string | null;
  readonly scrollRef: RefObject<HTMLElement | null>;
  readonly hrefOf: DatasetListProps['hrefOf'];
  readonly onOpen: DatasetListProps['onOpen'];
  readonly onToggle: (key: string, open: boolean) => void;
  readonly onSelectGroup: DatasetListProps['onSelect'];
  readonly onSelect: ((entry: DatasetEntry, selected: boolean, range: boolean) => void) | null;
}

/** The visible rows. One of them is in the tab order; the arrow keys move to the others. */
function Rows({ items, query, activeKey, scrollRef, hrefOf, onOpen, onToggle, onSelectGroup, onSelect }: RowsProps) {
  const [focusKey, setFocusKey] = useState<string | null>(null);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: (index) => (items[index]?.kind === 'area' ? AREA_PX : ENTRY_PX),
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 4,
    initialRect: { width: 320, height: 760 },
  });
  const wanted = focusKey ?? activeKey;
  const found = items.findIndex((item) => item.key === wanted);
  const tabbable = Math.max(found, 0);

  function focusIndex(index: number) {
    const item = items[index];
    if (item === undefined) return;
    setFocusKey(item.key);
    virtualizer.scrollToIndex(index);
    requestAnimationFrame(() =>
      scrollRef.current?.querySelector<HTMLElement>(`[data-index="${index}"] [data-list-item]`)?.focus({ preventScroll: true }),
    );
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const index = Number(rowOf(event.target)?.dataset['index'] ?? -1);
    const item = items[index];
    if (item === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = moveInList(items, index, event.key);
    if (to !== null) focusIndex(to);
    else if (item.kind === 'area' && event.key === 'ArrowRight' && !item.open) onToggle(item.key, true);
    else if (item.kind === 'area' && event.key === 'ArrowLeft' && item.open) onToggle(item.key, false);
    else if (item.kind === 'entry' && event.key === ' ') onSelect?.(item.entry, !item.entry.selected, event.shiftKey);
    else return;
    event.preventDefault();
  }

  return (
    <nav
      ref={scrollRef}
      aria-label="Datasets"
      data-query={query}
      onKeyDown={onKeyDown}
      onFocus={(event) => setFocusKey(items[Number(rowOf(event.target)?.dataset['index'])]?.key ?? null)}
      className="min-h-0 flex-1 overflow-y-auto overscroll-contain [scrollbar-gutter:stable]"
    >
      {items.length === 0 ? (
        <p className="p-6 text-center text-sm text-pretty text-muted-foreground">
          {query === '' ? 'No dataset matches.' : `No dataset has “${query}” in its name, path, type, permissions or columns.`}
        </p>
      ) : (
        <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((row) => {
            const item = items[row.index];
            if (item === undefined) return null;
            return (
              <li
                key={row.key}
                data-index={row.index}
                aria-setsize={items.length}
                aria-posinset={row.index + 1}
                className="absolute inset-x-0 top-0"
                style={{ height: row.size, transform: `translateY(${row.start}px)` }}
              >
                {item.kind === 'area' ? (
                  <AreaRow
                    item={item}
                    tabbable={row.index === tabbable}
                    onToggle={() => onToggle(item.key, !item.open)}
                    onSelect={onSelectGroup}
                  />
                ) : (
                  <EntryRow
                    item={item}
                    active={item.key === activeKey}
                    tabbable={row.index === tabbable}
                    hrefOf={hrefOf}
                    onOpen={onOpen}
                    onSelect={onSelect}
                  />
                )}
              </li>
            );
          })}
        </ul>
      )}
    </nav>
  );
}

function rowOf(target: EventTarget): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
}
