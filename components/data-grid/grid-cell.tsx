'use client';

import { Check, Maximize2, X } from 'lucide-react';
import type { CSSProperties } from 'react';
import type { Cell } from '#lib/domain/dataset/dataset.ts';
import { cellText, isRightAligned, localTime } from './cell-text.ts';
import type { ShownColumn } from './use-grid-columns.ts';

const TONE = {
  text: '',
  number: 'tabular-nums',
  boolean: 'font-mono text-[11px]',
  time: 'tabular-nums',
  json: 'font-mono text-[11px] text-muted-foreground',
  null: 'font-mono text-[11px] italic text-muted-foreground',
  empty: 'text-[11px] italic text-muted-foreground',
} as const;

interface GridCellProps {
  readonly id: string;
  readonly column: ShownColumn | undefined;
  readonly columnIndex: number;
  readonly cell: Cell;
  readonly active: boolean;
  readonly style: CSSProperties;
  readonly onSelect: () => void;
  readonly onOpen: () => void;
}

/** One cell. The grid handles keys; a click selects the cell, and opens a nested value. */
export function GridCell({ id, column, columnIndex, cell, active, style, onSelect, onOpen }: GridCellProps) {
  if (column === undefined) return null;
  const { text, tone } = cellText(cell, column.type);
  const nested = tone === 'json';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the grid
    <div
      id={id}
      role="gridcell"
      aria-colindex={columnIndex + 2}
      aria-selected={active}
      style={style}
      onClick={() => {
        onSelect();
        if (nested) onOpen();
      }}
      onDoubleClick={onOpen}
      className={`absolute top-0 flex h-full cursor-default items-center overflow-hidden border-r border-border/60 px-2.5 text-xs ${
        isRightAligned(column.type) ? 'justify-end' : ''
      } ${active ? 'z-[5] bg-primary/10 ring-2 ring-inset ring-primary' : ''}`}
    >
      {tone === 'boolean' ? <BooleanMark value={text === 'true'} /> : null}
      <span className={`truncate ${TONE[tone]}`} title={tone === 'time' ? (localTime(text) ?? undefined) : undefined}>
        {text}
      </span>
      {nested ? <Maximize2 aria-hidden className="ml-auto size-3 shrink-0 pl-0.5 text-muted-foreground/70" /> : null}
    </div>
  );
}

function BooleanMark({ value }: { readonly value: boolean }) {
  const Icon = value ? Check : X;
  return <Icon aria-hidden className={`mr-1 size-3 shrink-0 ${value ? 'text-success' : 'text-muted-foreground'}`} />;
}
