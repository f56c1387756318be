'use client';

import { useRef, useState } from 'react';
import type { Cell } from '#lib/domain/dataset/dataset.ts';
import type { GridColumn } from './cell-text.ts';
import { fullText } from './cell-text.ts';
import { ColumnPicker } from './column-picker.tsx';
import { copyValue } from './copy-value.ts';
import { GridBody } from './grid-body.tsx';
import { GridInspector } from './grid-inspector.tsx';
import type { CellPosition } from './grid-navigation.ts';
import { useGridColumns } from './use-grid-columns.ts';

export interface DataGridProps {
  /** Name of the table for screen readers: `First rows of users`. */
  readonly label: string;
  readonly columns: readonly GridColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** JSON of each row as the source sent it, shown when a row is opened. */
  readonly rawRows?: readonly string[];
  /** 1-based number of the first row, for pages after the first. */
  readonly firstRowNumber?: number;
  /** Left side of the toolbar above the table. */
  readonly summary?: React.ReactNode;
  /** Right side of the toolbar, before the column picker. */
  readonly actions?: React.ReactNode;
}

/**
 * A table with rows and columns virtualised. Arrow keys move, Enter opens the whole value, Space the row as JSON, Control+C copies the value; a click
 * on
 * a nested value or on a row's number opens it. Fills the height of its parent.
 */
export function DataGrid({ label, columns, rows, rawRows, firstRowNumber = 1, summary, actions }: DataGridProps) {
  const model = useGridColumns(columns, rows);
  const [active, setActive] = useState<CellPosition | null>(null);
  const [inspecting, setInspecting] = useState<'cell' | 'row' | null>(null);
  const scrollRef = useRef<HTMLDivElement>(null);

  const position = active ?? { row: 0, column: 0 };
  const column = model.shown[position.column] ?? model.shown[0];
  const row = rows[position.row];

  async function copyActive() {
    if (column === undefined || row === undefined) return;
    await copyValue(fullText(row[column.index] ?? null, column.type), column.name);
  }

  function closeInspector() {
    setInspecting(null);
    scrollRef.current?.focus();
  }

  return (
    <section aria-label={label} className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-lg border bg-card">
      <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-1">
        <div className="min-w-0 flex-1 text-xs text-muted-foreground">{summary}</div>
        {actions}
        <ColumnPicker columns={model} />
      </div>
      <GridBody
        label={label}
        rows={rows}
        columns={model.shown}
        firstRowNumber={firstRowNumber}
        active={active}
        scrollRef={scrollRef}
        onMove={setActive}
        onOpen={() => setInspecting('cell')}
        onOpenRow={() => setInspecting('row')}
        onCopy={copyActive}
      />
      {inspecting !== null && column !== undefined && row !== undefined ? (
        <GridInspector
          mode={inspecting}
          column={column}
          columns={columns}
          row={row}
          raw={rawRows?.[position.row] ?? null}
          rowNumber={firstRowNumber + position.row}
          onMode={setInspecting}
          onClose={closeInspector}
        />
      ) : null}
    </section>
  );
}
