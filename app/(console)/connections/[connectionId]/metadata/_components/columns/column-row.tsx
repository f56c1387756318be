'use client';

import { KeyRound, Lock, Pencil } from 'lucide-react';
import type { CSSProperties, MouseEvent } from 'react';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { isAlwaysNull } from './column-facts.ts';
import { ColumnName } from './column-name-field.tsx';

/** Grid columns of the table's head and rows. */
export const COLUMN_GRID =
  'grid items-center gap-x-3 grid-cols-[1.25rem_minmax(0,1fr)_6.5rem] sm:grid-cols-[1.25rem_minmax(0,1fr)_7.5rem_3.5rem_8.5rem] md:grid-cols-[1.25rem_minmax(0,1.4fr)_minmax(0,1fr)_7.5rem_3.5rem_8.5rem]';

export interface ColumnRowActions {
  /** Null: the person may view but not select. */
  readonly onSelect: ((sourcePath: string, selected: boolean, range: boolean) => void) | null;
  readonly onRename: ((sourcePath: string, name: string) => void) | null;
  readonly problemOf: (sourcePath: string, name: string) => string | null;
  readonly onOpen: (sourcePath: string) => void;
}

interface ColumnRowProps extends ColumnRowActions {
  readonly column: Column;
  readonly rowIndex: number;
  readonly open: boolean;
  readonly style: CSSProperties;
}

/** One column of a dataset. Key columns cannot be deselected, since they identify rows. */
export function ColumnRow({ column, rowIndex, open, style, onSelect, onRename, problemOf, onOpen }: ColumnRowProps) {
  return (
    <div
      role="row"
      aria-rowindex={rowIndex}
      aria-selected={open}
      style={style}
      className={`${COLUMN_GRID} group absolute inset-x-0 top-0 border-b border-border/60 px-3 ${open ? 'bg-accent' : 'hover:bg-muted/40'}`}
    >
      <Cell className="flex">
        <Checkbox
          aria-label={`Select column ${column.name}`}
          checked={column.selected}
          disabled={onSelect === null || column.key}
          onClick={(event: MouseEvent) => {
            event.preventDefault();
            onSelect?.(column.sourcePath, !column.selected, event.shiftKey);
          }}
        />
      </Cell>
      <Cell>
        <ColumnName
          column={column}
          onRename={onRename === null ? null : (name) => onRename(column.sourcePath, name)}
          problemOf={(name) => problemOf(column.sourcePath, name)}
        />
      </Cell>
      <Cell className="hidden truncate font-mono text-xs text-muted-foreground md:block">
        <span title={column.sourcePath}>{column.sourcePath}</span>
      </Cell>
      <Cell className="truncate font-mono text-xs">
        <span title={column.edmType}>{column.nested === 'child' ? 'child table' : column.type}</span>
      </Cell>
      <Cell className="hidden text-xs text-muted-foreground sm:block">{column.nullable ? 'yes' : 'no'}</Cell>
      <Cell className="flex items-center justify-end gap-1.5 text-[11px] max-sm:absolute max-sm:right-2">
        <Marks column={column} />
        <button
          type="button"
          aria-expanded={open}
          aria-label={`Details of ${column.name}`}
          onClick={() => onOpen(column.sourcePath)}
          className="grid size-6 shrink-0 place-items-center rounded-sm text-muted-foreground hover:bg-accent hover:text-foreground"
        >
          <Pencil aria-hidden className="size-3.5" />
        </button>
      </Cell>
    </div>
  );
}

function Marks({ column }: { readonly column: Column }) {
  return (
    <span className="hidden min-w-0 flex-1 items-center gap-1.5 sm:flex">
      {column.key ? (
        <span
          className="inline-flex items-center gap-1 font-medium"
          title="Rows are compared by this column; it is always loaded"
        >
          <KeyRound aria-hidden className="size-3" />
          Key
        </span>
      ) : null}
      {column.returnedByDefault ? null : (
        <span
          className="truncate rounded-full border px-1.5 leading-4 text-muted-foreground"
          title="Graph returns this column only when the request names it in $select"
        >
          $select
        </span>
      )}
      {column.permission === null && column.licence === null ? null : (
        <span className="text-warning" title={`Needs ${[column.permission, column.licence].filter(Boolean).join(' and ')}`}>
          <Lock aria-hidden className="size-3" />
          <span className="sr-only">Needs {[column.permission, column.licence].filter(Boolean).join(' and ')}</span>
        </span>
      )}
      {isAlwaysNull(column) ? (
        <span className="truncate text-muted-foreground italic" title={`No value in ${column.sampled?.rows} live rows`}>
          always null
        </span>
      ) : null}
      {column.origin === 'metadata' ? null : (
        <span className="rounded border px-1 text-[10px] leading-4 text-muted-foreground" title="Origin of this column">
          {column.origin === 'sample' ? 'sampled' : column.origin}
        </span>
      )}
    </span>
  );
}

function Cell({ children, className = '' }: { readonly children: React.ReactNode; readonly className?: string }) {
  return (
    <div role="cell" className={`min-w-0 ${className}`}>
      {children}
    </div>
  );
}
