'use client';

import type { VirtualItem } from '@tanstack/react-virtual';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useEffect, useId } from 'react';
import type { Cell } from '#lib/domain/dataset/dataset.ts';
import { isRightAligned } from './cell-text.ts';
import { GridCell } from './grid-cell.tsx';
import type { CellPosition } from './grid-navigation.ts';
import { moveByKey } from './grid-navigation.ts';
import type { ShownColumn } from './use-grid-columns.ts';

const ROW_PX = 30;
const HEAD_PX = 46;
const GUTTER_PX = 56;
/** Assumed size for server rendering, px. */
const FIRST_RECT = { width: 1280, height: 620 };

interface GridBodyProps {
  readonly label: string;
  readonly rows: readonly (readonly Cell[])[];
  readonly columns: readonly ShownColumn[];
  readonly firstRowNumber: number;
  readonly active: CellPosition | null;
  readonly scrollRef: RefObject<HTMLDivElement | null>;
  readonly onMove: (position: CellPosition) => void;
  readonly onOpen: () => void;
  readonly onOpenRow: () => void;
  readonly onCopy: () => void;
}

/** The scrolling part of the grid: sticky head and row numbers, and only the visible cells. */
export function GridBody({
  label,
  rows,
  columns,
  firstRowNumber,
  active,
  scrollRef,
  onMove,
  onOpen,
  onOpenRow,
  onCopy,
}: GridBodyProps) {
  const gridId = useId();
  const cellId = (position: CellPosition) => `${gridId}-${position.row}-${position.column}`;
  const vertical = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    paddingStart: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    initialRect: FIRST_RECT,
  });
  const horizontal = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: (index) => columns[index]?.widthPx ?? 120,
    overscan: 3,
    paddingStart: GUTTER_PX,
    scrollPaddingStart: GUTTER_PX,
    initialRect: FIRST_RECT,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other columns have other widths
  useEffect(() => horizontal.measure(), [columns.length, columns[0]?.name, horizontal]);

  const shownColumns = horizontal.getVirtualItems();
  const width = horizontal.getTotalSize();

  function onKeyDown(event: KeyboardEvent) {
    const from = active ?? { row: 0, column: 0 };
    const size = { rows: rows.length, columns: columns.length, rowsPerPage: 15 };
    const to = moveByKey(from, event.key, size, event.ctrlKey || event.metaKey);
    if (to !== null) {
      event.preventDefault();
      onMove(active === null ? from : to);
      vertical.scrollToIndex(to.row);
      horizontal.scrollToIndex(to.column);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      onMove(from);
      onOpen();
    } else if (event.key === ' ') {
      event.preventDefault();
      onMove(from);
      onOpenRow();
    } else if (event.key === 'c' && (event.ctrlKey || event.metaKey) && window.getSelection()?.isCollapsed !== false) {
      event.preventDefault();
      onCopy();
    }
  }

  return (
    <div
      ref={scrollRef}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={active === null ? undefined : cellId(active)}
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="relative min-h-0 flex-1 overflow-auto outline-none focus-visible:ring-2 focus-visible:ring-inset focus-visible:ring-ring"
    >
      <div role="rowgroup" style={{ width, height: vertical.getTotalSize() }} className="relative min-w-full">
        <GridHead columns={columns} items={shownColumns} />
        {vertical.getVirtualItems().map((item) => (
          <div
            key={item.key}
            role="row"
            aria-rowindex={item.index + 2}
            className="group absolute top-0 left-0 w-full border-b border-border/60 hover:bg-muted/50"
            style={{ height: ROW_PX, transform: `translateY(${item.start}px)` }}
          >
            <div
              role="rowheader"
              aria-colindex={1}
              style={{ width: GUTTER_PX }}
              className="sticky left-0 z-10 h-full border-r bg-card"
            >
              <button
                type="button"
                tabIndex={-1}
                title="Open the row as JSON (Space)"
                onClick={() => {
                  onMove({ row: item.index, column: active?.column ?? 0 });
                  onOpenRow();
                }}
                className="flex size-full items-center justify-end pr-2 text-[11px] tabular-nums text-muted-foreground hover:bg-accent hover:text-foreground"
              >
                {firstRowNumber + item.index}
              </button>
            </div>
            {shownColumns.map((columnItem) => (
              <GridCell
                key={columnItem.key}
                id={cellId({ row: item.index, column: columnItem.index })}
                column={columns[columnItem.index]}
                columnIndex={columnItem.index}
                cell={rows[item.index]?.[columns[columnItem.index]?.index ?? 0] ?? null}
                active={active?.row === item.index && active.column === columnItem.index}
                style={{ left: columnItem.start, width: columnItem.size }}
                onSelect={() => onMove({ row: item.index, column: columnItem.index })}
                onOpen={onOpen}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function GridHead({ columns, items }: { readonly columns: readonly ShownColumn[]; readonly items: readonly VirtualItem[] }) {
  return (
    <div role="row" aria-rowindex={1} className="sticky top-0 z-20 border-b bg-muted" style={{ height: HEAD_PX }}>
      <div
        role="columnheader"
        aria-colindex={1}
        style={{ width: GUTTER_PX }}
        className="sticky left-0 z-10 flex h-full items-center justify-end border-r bg-muted pr-2 text-[11px] text-muted-foreground"
      >
        #<span className="sr-only">Row</span>
      </div>
      {items.map((item) => {
        const column = columns[item.index];
        if (column === undefined) return null;
        return (
          <div
            key={item.key}
            role="columnheader"
            aria-colindex={item.index + 2}
            title={`${column.name} (${column.type})`}
            style={{ left: item.start, width: item.size }}
            className={`absolute top-0 flex h-full flex-col justify-center border-r border-border/60 px-2.5 leading-tight ${isRightAligned(column.type) ? 'items-end' : ''}`}
          >
            <span className="max-w-full truncate text-xs font-medium">{column.name}</span>
            <span className="max-w-full truncate font-mono text-[11px] text-muted-foreground">{column.type}</span>
          </div>
        );
      })}
    </div>
  );
}
