'use client';

import { Columns3 } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '#components/ui/overlay/dropdown-menu.tsx';
import type { GridColumns } from './use-grid-columns.ts';

/** Chooses which columns a grid shows; at least one. */
export function ColumnPicker({ columns }: { readonly columns: GridColumns }) {
  const hidden = columns.all.length - columns.shown.length;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="sm">
          <Columns3 aria-hidden />
          Columns
          <span className="tabular-nums text-muted-foreground">
            {hidden === 0 ? columns.all.length : `${columns.shown.length} of ${columns.all.length}`}
          </span>
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="max-h-96 w-64 overflow-y-auto">
        <DropdownMenuItem disabled={hidden === 0} onSelect={() => columns.showAll()}>
          Show all columns
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        {columns.all.map((column, index) => (
          <DropdownMenuCheckboxItem
            key={column.name}
            checked={column.visible}
            disabled={column.visible && columns.shown.length === 1}
            onCheckedChange={(visible) => columns.setVisible(index, visible === true)}
            onSelect={(event) => event.preventDefault()}
          >
            <span className="truncate">{column.name}</span>
          </DropdownMenuCheckboxItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
