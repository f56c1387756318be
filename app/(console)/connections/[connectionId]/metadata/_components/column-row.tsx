'use client';

import { KeyRound } from 'lucide-react';
import type { CSSProperties } from 'react';
import { Checkbox } from '#components/ui/checkbox.tsx';
import type { Column } from '#lib/domain/dataset.ts';

/** Columns of the table's head and rows alike. */
export const COLUMN_GRID =
  'grid items-center gap-x-3 grid-cols-[1.25rem_minmax(0,1fr)_7rem] sm:grid-cols-[1.25rem_minmax(0,1fr)_8rem_4rem_8.5rem] md:grid-cols-[1.25rem_minmax(0,1.4fr)_minmax(0,1fr)_8rem_4rem_8.5rem]';

interface ColumnRowProps {
  readonly column: Column;
  readonly rowIndex: number;
  readonly style: CSSProperties;
  readonly onSelect: ((sourcePaths: readonly string[], selected: boolean) => void) | null;
}

/** One column of a dataset. The key can't be left out: rows are compared by it. */
export function ColumnRow({ column, rowIndex, style, onSelect }: ColumnRowProps) {
  return (
    <div
      role="row"
      aria-rowindex={rowIndex}
      style={style}
      className={`${COLUMN_GRID} absolute inset-x-0 top-0 border-b border-border/60 px-3 hover:bg-muted/40`}
    >
      <Cell className="flex">
        <Checkbox
          aria-label={`Select column ${column.name}`}
          checked={column.selected}
          disabled={onSelect === null || column.key}
          onCheckedChange={(checked) => onSelect?.([column.sourcePath], checked === true)}
        />
      </Cell>
      <Cell>
        <span className={`block truncate text-sm leading-5 ${column.selected ? 'font-medium' : 'text-muted-foreground'}`}>
          {column.name}
        </span>
        {column.description === null ? null : (
          <span title={column.description} className="block truncate text-xs leading-4 text-muted-foreground">
            {column.description}
          </span>
        )}
      </Cell>
      <Cell className="hidden truncate font-mono text-xs text-muted-foreground md:block">{column.sourcePath}</Cell>
      <Cell className="truncate font-mono text-xs">
        <span title={column.edmType}>{column.type}</span>
      </Cell>
      <Cell className="hidden text-xs text-muted-foreground sm:block">{column.nullable ? 'yes' : 'no'}</Cell>
      <Cell className="hidden items-center gap-1.5 text-[11px] sm:flex">
        {column.key ? (
          <span className="inline-flex items-center gap-1 font-medium" title="Rows are compared by it; it is always loaded">
            <KeyRound aria-hidden className="size-3" />
            Key
          </span>
        ) : null}
        {column.returnedByDefault ? null : (
          <span
            className="rounded-full border px-1.5 leading-4 text-muted-foreground"
            title="Graph returns it only when it is asked for by $select"
          >
            only on $select
          </span>
        )}
      </Cell>
    </div>
  );
}

function Cell({ children, className = '' }: { readonly children: React.ReactNode; readonly className?: string }) {
  return (
    <div role="cell" className={`min-w-0 ${className}`}>
      {children}
    </div>
  );
}
