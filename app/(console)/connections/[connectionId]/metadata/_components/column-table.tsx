'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { startTransition, useDeferredValue, useMemo, useOptimistic, useRef, useState } from 'react';
import { toast } from 'sonner';
import { SearchField } from '#components/dataset/search-field.tsx';
import { Button } from '#components/ui/button.tsx';
import type { Column, DatasetDto } from '#lib/domain/dataset.ts';
import { formatCount } from '#lib/domain/format.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import { COLUMN_GRID, ColumnRow } from './column-row.tsx';
import { chooseColumns, searchColumns } from './column-search.ts';

const ROW_PX = 46;

export type UpdateColumnsAction = (input: {
  datasetId: string;
  columns: { sourcePath: string; selected: boolean }[];
}) => Promise<ActionResult<null>>;

interface ColumnTableProps {
  readonly dataset: DatasetDto;
  /** Null: the person may look but not choose. */
  readonly updateAction: UpdateColumnsAction | null;
}

/** Columns of a dataset: search, and choose which ones are loaded. A choice shows at once and is stored behind it. */
export function ColumnTable({ dataset, updateAction }: ColumnTableProps) {
  const [query, setQuery] = useState('');
  const shownQuery = useDeferredValue(query);
  const [columns, choose] = useOptimistic(dataset.columns, chooseColumns);
  const found = useMemo(() => searchColumns(columns, shownQuery), [columns, shownQuery]);
  const selectedCount = columns.filter((column) => column.selected).length;

  function select(sourcePaths: readonly string[], selected: boolean) {
    if (updateAction === null || sourcePaths.length === 0) return;
    startTransition(async () => {
      choose({ sourcePaths: new Set(sourcePaths), selected });
      const result = await updateAction({
        datasetId: dataset.id,
        columns: sourcePaths.map((sourcePath) => ({ sourcePath, selected })),
      });
      if (!result.ok) toast.error(result.problem.title, { description: result.problem.remedy });
    });
  }

  const changeable = (selected: boolean) =>
    found.filter((column) => !column.key && column.selected !== selected).map((column) => column.sourcePath);
  const addable = changeable(true);
  const removable = changeable(false);

  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <div className="flex min-w-48 flex-1 sm:max-w-xs">
          <SearchField label="Search columns" value={query} onChange={setQuery} />
        </div>
        <p className="text-xs tabular-nums text-muted-foreground" aria-live="polite">
          {formatCount(selectedCount)} of {formatCount(columns.length)} selected
        </p>
        {updateAction === null ? null : (
          <div className="ml-auto flex gap-1">
            <Button variant="ghost" size="sm" disabled={addable.length === 0} onClick={() => select(addable, true)}>
              Select all
            </Button>
            <Button variant="ghost" size="sm" disabled={removable.length === 0} onClick={() => select(removable, false)}>
              Select none
            </Button>
          </div>
        )}
      </div>
      <ColumnRows columns={found} label={`Columns of ${dataset.name}`} onSelect={updateAction === null ? null : select} />
    </div>
  );
}

interface ColumnRowsProps {
  readonly columns: readonly Column[];
  readonly label: string;
  readonly onSelect: ((sourcePaths: readonly string[], selected: boolean) => void) | null;
}

function ColumnRows({ columns, label, onSelect }: ColumnRowsProps) {
  const scrollRef = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: columns.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => columns[index]?.sourcePath ?? index,
    overscan: 10,
    initialRect: { width: 900, height: 700 },
  });
  if (columns.length === 0) return <p className="p-8 text-center text-sm text-muted-foreground">No column matches.</p>;
  return (
    <div
      role="table"
      aria-label={label}
      aria-rowcount={columns.length + 1}
      className="flex min-h-0 flex-1 flex-col rounded-lg border"
    >
      <div role="rowgroup">
        <div role="row" className={`${COLUMN_GRID} h-8 border-b bg-muted px-3 text-xs text-muted-foreground`}>
          <Head>
            <span className="sr-only">Selected</span>
          </Head>
          <Head>Name</Head>
          <Head className="hidden md:block">Source path</Head>
          <Head>Type</Head>
          <Head className="hidden sm:block">Nullable</Head>
          <Head className="hidden sm:block">Marks</Head>
        </div>
      </div>
      <div ref={scrollRef} role="presentation" className="min-h-0 flex-1 overflow-y-auto">
        <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const column = columns[item.index];
            return column === undefined ? null : (
              <ColumnRow
                key={item.key}
                column={column}
                rowIndex={item.index + 2}
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                onSelect={onSelect}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Head({ children, className = '' }: { readonly children: React.ReactNode; readonly className?: string }) {
  return (
    <div role="columnheader" className={`truncate ${className}`}>
      {children}
    </div>
  );
}
