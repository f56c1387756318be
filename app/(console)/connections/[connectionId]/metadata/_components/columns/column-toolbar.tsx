'use client';

import { ListChecks } from 'lucide-react';
import { SearchField } from '#components/dataset/list/search-field.tsx';
import { Button } from '#components/ui/button.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '#components/ui/overlay/dropdown-menu.tsx';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { formatCount } from '#lib/domain/format.ts';
import { BULK_CHOICES, type BulkChoice, bulkEdits } from './column-edits.ts';

const LABEL = {
  all: 'Select all',
  default: 'Columns that Graph returns by default',
  none: 'Select none',
  shown: 'Select those shown',
  'shown-off': 'Deselect those shown',
} as const satisfies Record<BulkChoice, string>;

interface ColumnToolbarProps {
  readonly columns: readonly Column[];
  readonly shown: readonly Column[];
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly onChoose: ((choice: BulkChoice) => void) | null;
}

/** Search, number of selected columns, and bulk choices, each with the number of columns that it would change. */
export function ColumnToolbar({ columns, shown, query, onQuery, onChoose }: ColumnToolbarProps) {
  const selected = columns.filter((column) => column.selected).length;
  const choices = BULK_CHOICES.filter((choice) => query !== '' || !choice.startsWith('shown'));
  return (
    <div className="flex flex-wrap items-center gap-2">
      <div className="flex min-w-40 flex-1 sm:max-w-xs">
        <SearchField label="Search columns" value={query} onChange={onQuery} />
      </div>
      <p className="text-xs text-muted-foreground tabular-nums" aria-live="polite">
        {formatCount(selected)} of {formatCount(columns.length)} selected
        {query === '' ? null : `, ${formatCount(shown.length)} shown`}
      </p>
      {onChoose === null ? null : (
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button variant="outline" size="sm" className="ml-auto">
              <ListChecks aria-hidden />
              Choose
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="end" className="w-64">
            {choices.map((choice) => {
              const changes = bulkEdits(columns, shown, choice).length;
              return (
                <DropdownMenuItem key={choice} disabled={changes === 0} onSelect={() => onChoose(choice)}>
                  <span className="flex-1">{LABEL[choice]}</span>
                  <span className="text-xs text-muted-foreground tabular-nums">
                    {changes === 0 ? '' : `${changes} to change`}
                  </span>
                </DropdownMenuItem>
              );
            })}
          </DropdownMenuContent>
        </DropdownMenu>
      )}
    </div>
  );
}
