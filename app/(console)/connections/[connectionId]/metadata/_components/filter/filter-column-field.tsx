'use client';

import { Command } from 'cmdk';
import { ChevronDown } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { CommandSearch } from '#components/ui/form/command-search.tsx';
import { menuPanelClass } from '#components/ui/overlay/menu-class.ts';
import type { Column } from '#lib/domain/dataset/dataset.ts';

interface FilterColumnFieldProps {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly value: string;
  readonly onPick: (column: Column) => void;
}

/** Chooses one of the properties on which Graph supports `$filter`; searchable. */
export function FilterColumnField({ label, columns, value, onPick }: FilterColumnFieldProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <Button variant="outline" aria-label={`${label}: ${value}`} className="w-48 justify-between font-normal">
          <span className="truncate">{value}</span>
          <ChevronDown aria-hidden className="text-muted-foreground" />
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content align="start" sideOffset={4} aria-label={label} className={`${menuPanelClass} w-64 p-0`}>
          <Command label={label}>
            <CommandSearch />
            <Command.List className="max-h-64 overflow-y-auto p-1">
              <Command.Empty className="px-2 py-3 text-sm text-muted-foreground">
                Graph supports no filter on a property with this name.
              </Command.Empty>
              {columns.map((column) => (
                <Command.Item
                  key={column.sourcePath}
                  value={`${column.name} ${column.sourcePath}`}
                  onSelect={() => {
                    onPick(column);
                    setOpen(false);
                  }}
                  className="flex cursor-default items-baseline gap-2 rounded-sm px-2 py-1.5 text-sm data-[selected=true]:bg-accent"
                >
                  <span className="min-w-0 flex-1 truncate">{column.sourcePath}</span>
                  <span className="font-mono text-[11px] text-muted-foreground">{column.type}</span>
                </Command.Item>
              ))}
            </Command.List>
          </Command>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
