'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useDeferredValue, useMemo, useRef, useState } from 'react';
import type { DatasetSummaryDto } from '#lib/domain/dataset.ts';
import { listItems } from './dataset-list-items.ts';
import { DatasetListRow } from './dataset-list-row.tsx';
import { SearchField } from './search-field.tsx';

const AREA_PX = 34;
const DATASET_PX = 50;

interface DatasetListProps {
  readonly datasets: readonly DatasetSummaryDto[];
  readonly activeName: string | null;
  /** Where a click on a dataset leads. */
  readonly hrefOf: (name: string) => string;
  readonly onOpen: (name: string) => void;
  /** Null: the person may look but not choose. */
  readonly onSelect: ((datasetIds: readonly string[], selected: boolean) => void) | null;
}

/** Datasets by area: search as one types, open one, choose one or a whole area. Arrow keys go through the list. */
export function DatasetList({ datasets, activeName, hrefOf, onOpen, onSelect }: DatasetListProps) {
  const [query, setQuery] = useState('');
  const shownQuery = useDeferredValue(query);
  const items = useMemo(() => listItems(datasets, shownQuery), [datasets, shownQuery]);
  const scrollRef = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: (index) => (items[index]?.kind === 'area' ? AREA_PX : DATASET_PX),
    getItemKey: (index) => keyOf(items[index]),
    overscan: 12,
    initialRect: { width: 320, height: 900 },
  });

  function focusItem(from: number, step: 1 | -1) {
    let index = from + step;
    while (items[index]?.kind === 'area') index += step;
    const item = items[index];
    if (item?.kind !== 'dataset') return;
    virtualizer.scrollToIndex(index);
    requestAnimationFrame(() => scrollRef.current?.querySelector<HTMLElement>(`[data-dataset="${item.dataset.name}"]`)?.focus());
  }

  function onListKey(event: KeyboardEvent<HTMLElement>) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const name = event.target instanceof HTMLElement ? event.target.dataset['dataset'] : undefined;
    if (name === undefined) return;
    event.preventDefault();
    const index = items.findIndex((item) => item.kind === 'dataset' && item.dataset.name === name);
    focusItem(index, event.key === 'ArrowDown' ? 1 : -1);
  }

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="border-b p-2">
        <SearchField
          label="Search datasets"
          value={query}
          onChange={setQuery}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') {
              event.preventDefault();
              focusItem(-1, 1);
            }
          }}
        />
      </div>
      <nav
        ref={scrollRef}
        aria-label="Datasets"
        onKeyDown={onListKey}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain"
      >
        {items.length === 0 ? (
          <p className="p-6 text-center text-sm text-muted-foreground">
            No dataset has “{shownQuery}” in its name, path or permissions.
          </p>
        ) : (
          <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map((row) => {
              const item = items[row.index];
              return item === undefined ? null : (
                <li
                  key={row.key}
                  className="absolute inset-x-0 top-0"
                  style={{ height: row.size, transform: `translateY(${row.start}px)` }}
                >
                  <DatasetListRow
                    item={item}
                    active={item.kind === 'dataset' && item.dataset.name === activeName}
                    hrefOf={hrefOf}
                    onOpen={onOpen}
                    onSelect={onSelect}
                  />
                </li>
              );
            })}
          </ul>
        )}
      </nav>
    </div>
  );
}

function keyOf(item: ReturnType<typeof listItems>[number] | undefined): string {
  if (item === undefined) return '';
  return item.kind === 'area' ? `area:${item.area}` : item.dataset.id;
}
