'use client';

import { Search } from 'lucide-react';
import type { KeyboardEvent, Ref } from 'react';
import { Input } from '#components/ui/form/input.tsx';

interface SearchFieldProps {
  /** Accessible name and placeholder. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
  readonly ref?: Ref<HTMLInputElement>;
  /** A key that focuses the field from elsewhere on the page, shown in the field. */
  readonly shortcut?: string;
}

/** A search field for filtering during typing; Escape clears it. */
export function SearchField({ label, value, onChange, onKeyDown, ref, shortcut }: SearchFieldProps) {
  return (
    <div className="relative min-w-0 flex-1">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-muted-foreground"
      />
      <Input
        ref={ref}
        type="search"
        aria-label={label}
        aria-keyshortcuts={shortcut}
        placeholder={label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') onChange('');
          onKeyDown?.(event);
        }}
        className="h-8 pl-8"
      />
      {shortcut === undefined || value !== '' ? null : (
        <kbd
          aria-hidden
          className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 rounded border px-1 font-mono text-[10px] leading-4 text-muted-foreground"
        >
          {shortcut}
        </kbd>
      )}
    </div>
  );
}
