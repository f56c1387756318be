'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { COLUMN_GRID, ColumnRow, type ColumnRowActions } from './column-row.tsx';

const ROW_PX = 46;

interface ColumnRowsProps extends ColumnRowActions {
  readonly columns: readonly Column[];
  readonly label: string;
  readonly openPath: string | null;
}

/** The visible rows below a sticky head. */
export function ColumnRows({ columns, label, openPath, ...actions }: ColumnRowsProps) {
  const scrollRef = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: columns.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => columns[index]?.sourcePath ?? index,
    overscan: 10,
    initialRect: { width: 900, height: 700 },
  });
  if (columns.length === 0) return <p className="flex-1 p-8 text-center text-sm text-muted-foreground">No column matches.</p>;
  return (
    <div role="table" aria-label={label} aria-rowcount={columns.length + 1} className="flex min-h-0 flex-1 flex-col">
      <div role="rowgroup" className="shrink-0 overflow-hidden border-b bg-muted [scrollbar-gutter:stable]">
        <div role="row" className={`${COLUMN_GRID} h-8 px-3 text-xs text-muted-foreground`}>
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
      <div ref={scrollRef} role="presentation" className="min-h-0 flex-1 overflow-y-auto [scrollbar-gutter:stable]">
        <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const column = columns[item.index];
            return column === undefined ? null : (
              <ColumnRow
                key={item.key}
                column={column}
                rowIndex={item.index + 2}
                open={column.sourcePath === openPath}
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
                {...actions}
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
