'use client';

import { Command } from 'cmdk';
import { Check, ChevronDown } from 'lucide-react';
import { Popover } from 'radix-ui';
import { type ComponentProps, useRef, useState } from 'react';
import { cn } from '../cn.ts';
import { menuPanelClass } from '../overlay/menu-class.ts';
import { CommandSearch } from './command-search.tsx';
import { Input } from './input.tsx';

export interface ComboboxOption {
  readonly value: string;
  readonly label: string;
  readonly note?: string;
}

export interface ComboboxProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'type' | 'list'> {
  readonly value: string;
  readonly onValueChange: (value: string) => void;
  readonly options: readonly ComboboxOption[];
  /** Names the button that opens the list. */
  readonly what: string;
}

/** A text field that accepts any text, with a list of suggestions. */
export function Combobox({ value, onValueChange, options, what, className, ...props }: ComboboxProps) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLDivElement>(null);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Anchor asChild>
        <div ref={anchor} className="relative">
          <Input
            {...props}
            value={value}
            onChange={(event) => onValueChange(event.target.value)}
            className={cn('pr-9', className)}
            spellCheck={false}
            autoComplete="off"
          />
          <Popover.Trigger
            aria-label={`Choose ${what}`}
            className="absolute inset-y-0 right-0 grid w-8 place-items-center rounded-md text-muted-foreground hover:text-foreground focus-visible:-outline-offset-2"
          >
            <ChevronDown aria-hidden className="size-4" />
          </Popover.Trigger>
        </div>
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          aria-label={what}
          className={cn(menuPanelClass, 'w-(--radix-popover-trigger-width) p-0')}
          onOpenAutoFocus={(event) => event.preventDefault()}
        >
          <OptionList
            options={options}
            value={value}
            what={what}
            onPick={(picked) => {
              onValueChange(picked);
              setOpen(false);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

interface OptionListProps extends Pick<ComboboxProps, 'options' | 'value' | 'what'> {
  readonly onPick: (value: string) => void;
}

function OptionList({ options, value, what, onPick }: OptionListProps) {
  return (
    <Command label={what}>
      <CommandSearch />
      <Command.List className="max-h-72 overflow-y-auto p-1">
        <Command.Empty className="px-2 py-3 text-muted-foreground">
          No suggestion matches. You can enter any address.
        </Command.Empty>
        {options.map((option) => (
          <Command.Item
            key={option.value}
            value={`${option.label} ${option.value}`}
            onSelect={() => onPick(option.value)}
            className="flex cursor-default items-center gap-2 rounded-sm px-2 py-1.5 data-[selected=true]:bg-accent"
          >
            <span className="min-w-0 flex-1">
              <span className="block truncate">{option.label}</span>
              <span className="block truncate font-mono text-xs text-muted-foreground">{option.note ?? option.value}</span>
            </span>
            {option.value === value ? <Check aria-hidden className="size-4 shrink-0" /> : null}
          </Command.Item>
        ))}
      </Command.List>
    </Command>
  );
}
