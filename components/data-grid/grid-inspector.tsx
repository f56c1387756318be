'use client';

import { Copy, X } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import type { Cell } from '#lib/domain/dataset/dataset.ts';
import type { GridColumn } from './cell-text.ts';
import { fullText, rowObject } from './cell-text.ts';
import { copyValue } from './copy-value.ts';
import { JsonView } from './json-view.tsx';
import type { ShownColumn } from './use-grid-columns.ts';

interface GridInspectorProps {
  readonly mode: 'cell' | 'row';
  readonly column: ShownColumn;
  readonly columns: readonly GridColumn[];
  readonly row: readonly Cell[];
  /** The row as the source sent it; null where only its cells are known. */
  readonly raw: string | null;
  readonly rowNumber: number;
  readonly onMode: (mode: 'cell' | 'row') => void;
  readonly onClose: () => void;
}

/** The whole value of a cell, or its whole row as JSON, docked below the grid. Follows the active cell. */
export function GridInspector({ mode, column, columns, row, raw, rowNumber, onMode, onClose }: GridInspectorProps) {
  const cell = row[column.index] ?? null;
  const whole = raw === null ? rowObject(columns, row) : (JSON.parse(raw) as unknown);
  const text = mode === 'row' ? JSON.stringify(whole, null, 2) : fullText(cell, column.type);
  const what = mode === 'row' ? `row ${rowNumber}` : column.name;

  return (
    <section
      aria-label={mode === 'row' ? `Row ${rowNumber} as JSON` : `Value of ${column.name}`}
      className="flex h-2/5 min-h-40 flex-col border-t bg-background"
    >
      <div className="flex items-center gap-1 border-b px-2 py-1">
        <div role="group" aria-label="Show" className="flex rounded-md bg-muted p-0.5">
          <ModeButton pressed={mode === 'cell'} onPress={() => onMode('cell')}>
            Cell
          </ModeButton>
          <ModeButton pressed={mode === 'row'} onPress={() => onMode('row')}>
            Row as JSON
          </ModeButton>
        </div>
        <p className="min-w-0 flex-1 truncate px-2 text-xs text-muted-foreground">
          {mode === 'cell' ? <span className="font-medium text-foreground">{column.name}</span> : null}
          {mode === 'cell' ? <span className="ml-2 font-mono">{column.type}</span> : null}
          <span className="ml-2 tabular-nums">row {rowNumber}</span>
        </p>
        <Button variant="ghost" size="sm" onClick={() => copyValue(text, what)}>
          <Copy aria-hidden />
          Copy
        </Button>
        <Button variant="ghost" size="icon-sm" aria-label="Close" onClick={onClose}>
          <X aria-hidden />
        </Button>
      </div>
      <div
        className="min-h-0 flex-1 overflow-auto px-3 py-2 outline-none focus-visible:ring-2 focus-visible:ring-inset focus-visible:ring-ring"
        tabIndex={0}
      >
        {mode === 'row' || column.type === 'json' ? (
          <JsonView json={text} />
        ) : (
          <p className="text-sm whitespace-pre-wrap break-words">{text}</p>
        )}
      </div>
    </section>
  );
}

function ModeButton({
  pressed,
  onPress,
  children,
}: {
  readonly pressed: boolean;
  readonly onPress: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onPress}
      className="rounded px-2 py-0.5 text-xs text-muted-foreground outline-none focus-visible:ring-2 focus-visible:ring-ring aria-pressed:bg-card aria-pressed:text-foreground aria-pressed:shadow-xs"
    >
      {children}
    </button>
  );
}
