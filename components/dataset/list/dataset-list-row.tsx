'use client';

import { ChevronRight, Filter, Plus } from 'lucide-react';
import Link from 'next/link';
import type { MouseEvent } from 'react';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Tooltip } from '#components/ui/overlay/tooltip.tsx';
import { formatCount, formatCounted } from '#lib/domain/format.ts';
import { ACCESS_BADGES } from '../access-badge.tsx';
import type { DatasetEntry } from '../dataset-entry.ts';
import { type AreaItem, type EntryItem, groupSelection } from './dataset-list-items.ts';

interface AreaRowProps {
  readonly item: AreaItem;
  readonly tabbable: boolean;
  readonly onToggle: () => void;
  readonly onSelect: ((entries: readonly DatasetEntry[], selected: boolean) => void) | null;
}

/** Head of a group: folds it, and selects all of it. Offers are selected one by one. */
export function AreaRow({ item, tabbable, onToggle, onSelect }: AreaRowProps) {
  const selection = groupSelection(item.entries);
  return (
    <div className="flex h-full items-center gap-2 border-b border-border/60 bg-muted/40 px-3">
      {onSelect === null || item.offered ? null : (
        <Checkbox
          aria-label={`Select all of ${item.title}`}
          tabIndex={-1}
          checked={selection}
          onCheckedChange={() => onSelect(item.entries, selection !== true)}
        />
      )}
      <button
        type="button"
        data-list-item
        aria-expanded={item.open}
        tabIndex={tabbable ? 0 : -1}
        onClick={onToggle}
        className="flex min-w-0 flex-1 items-center gap-1.5 self-stretch rounded-sm text-left outline-none focus-visible:ring-2 focus-visible:ring-ring focus-visible:ring-inset"
      >
        <ChevronRight
          aria-hidden
          className={`size-3.5 shrink-0 text-muted-foreground transition-transform ${item.open ? 'rotate-90' : ''}`}
        />
        <span className="truncate text-xs font-semibold">{item.offered ? `More of $metadata: ${item.title}` : item.title}</span>
        <span className="ml-auto text-xs tabular-nums text-muted-foreground">{formatCount(item.entries.length)}</span>
      </button>
    </div>
  );
}

interface EntryRowProps {
  readonly item: EntryItem;
  readonly active: boolean;
  readonly tabbable: boolean;
  readonly hrefOf: (entry: DatasetEntry) => string;
  readonly onOpen: (entry: DatasetEntry) => void;
  /** `range`: also everything since the previous selection. */
  readonly onSelect: ((entry: DatasetEntry, selected: boolean, range: boolean) => void) | null;
}

/** One dataset: its selection, name and access. */
export function EntryRow({ item, active, tabbable, hrefOf, onOpen, onSelect }: EntryRowProps) {
  const { entry, column } = item;
  return (
    <div
      className={`flex h-full items-center gap-2.5 border-l-2 px-3 pl-2.5 ${active ? 'border-l-primary bg-accent' : 'border-l-transparent hover:bg-muted/60'}`}
    >
      {onSelect === null ? null : (
        <Checkbox
          aria-label={`Select ${entry.name}`}
          tabIndex={-1}
          checked={entry.selected}
          onClick={(event: MouseEvent) => {
            event.preventDefault();
            onSelect(entry, !entry.selected, event.shiftKey);
          }}
        />
      )}
      <Tooltip words={entry.reason} side="right">
        <Link
          href={hrefOf(entry)}
          prefetch={false}
          replace
          scroll={false}
          data-list-item
          data-dataset={entry.name}
          tabIndex={tabbable ? 0 : -1}
          aria-current={active ? 'true' : undefined}
          onNavigate={() => onOpen(entry)}
          className="flex min-w-0 flex-1 items-center gap-2 self-stretch rounded-sm outline-none focus-visible:ring-2 focus-visible:ring-ring focus-visible:ring-inset"
        >
          <span className="min-w-0 flex-1">
            <span className={`block truncate text-sm leading-5 ${entry.id === null ? '' : 'font-medium'}`}>{entry.title}</span>
            <span className="block truncate font-mono text-[11px] leading-4 text-muted-foreground">
              {column === null ? (entry.id === null ? entry.path : entry.name) : `column ${column}`}
            </span>
          </span>
          <Marks entry={entry} />
        </Link>
      </Tooltip>
    </div>
  );
}

/** Shows only exceptions, nothing for a readable dataset. */
function Marks({ entry }: { readonly entry: DatasetEntry }) {
  const { label, icon: Icon, text } = ACCESS_BADGES[entry.access];
  return (
    <>
      {entry.pending > 0 ? (
        <span className="rounded-full bg-info/15 px-1.5 text-[11px] leading-4 font-medium tabular-nums text-info">
          {formatCount(entry.pending)}
          <span className="sr-only"> changes to decide</span>
        </span>
      ) : null}
      {entry.filtered ? <Mark icon={Filter} words="Filtered" className="text-info" /> : null}
      {entry.origin === 'advanced' ? (
        <span className="rounded border px-1 text-[10px] leading-4 text-muted-foreground">advanced</span>
      ) : null}
      {entry.access === 'granted' || entry.id === null ? null : (
        <Mark icon={Icon} words={entry.reason ?? label} className={text} />
      )}
      <span className="w-7 text-right text-[11px] tabular-nums text-muted-foreground">
        {entry.columnCount === null ? (
          <Plus aria-hidden className="ml-auto size-3.5" />
        ) : (
          <>
            <span aria-hidden>{entry.columnCount}</span>
            <span className="sr-only">{formatCounted(entry.columnCount, 'column')}</span>
          </>
        )}
      </span>
    </>
  );
}

function Mark({
  icon: Icon,
  words,
  className,
}: {
  readonly icon: typeof Filter;
  readonly words: string;
  readonly className: string;
}) {
  return (
    <span className={`inline-flex shrink-0 ${className}`}>
      <Icon aria-hidden className="size-3.5" />
      <span className="sr-only">{words}</span>
    </span>
  );
}
