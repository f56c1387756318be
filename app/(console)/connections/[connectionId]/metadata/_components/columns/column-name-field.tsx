'use client';

import { useEffect, useRef, useState } from 'react';
import { Tooltip } from '#components/ui/overlay/tooltip.tsx';
import type { Column } from '#lib/domain/dataset/dataset.ts';

interface ColumnNameProps {
  readonly column: Column;
  readonly onRename: ((name: string) => void) | null;
  readonly problemOf: (name: string) => string | null;
}

/** The name of a column with its description; a click or F2 makes it editable. Enter saves the new name, Escape keeps the old one. */
export function ColumnName({ column, onRename, problemOf }: ColumnNameProps) {
  const [draft, setDraft] = useState<string | null>(null);
  if (draft !== null && onRename !== null) {
    return (
      <NameField
        label={`New name of ${column.name}`}
        value={draft}
        problem={problemOf(draft)}
        onChange={setDraft}
        onEnd={(keep) => {
          setDraft(null);
          if (keep && draft !== column.name) onRename(draft);
        }}
      />
    );
  }
  const look = `block max-w-full truncate text-left text-sm leading-5 ${column.selected ? 'font-medium' : 'text-muted-foreground'}`;
  return (
    <>
      {onRename === null ? (
        <span className={look}>{column.name}</span>
      ) : (
        <button
          type="button"
          title="Rename (F2)"
          className={`${look} rounded-sm hover:underline hover:decoration-dotted hover:underline-offset-2`}
          onClick={() => setDraft(column.name)}
          onKeyDown={(event) => {
            if (event.key !== 'F2') return;
            event.preventDefault();
            setDraft(column.name);
          }}
        >
          {column.name}
        </button>
      )}
      {column.description === null ? null : (
        <span title={column.description} className="block truncate text-xs leading-4 text-muted-foreground">
          {column.description}
        </span>
      )}
    </>
  );
}

interface NameFieldProps {
  readonly label: string;
  readonly value: string;
  readonly problem: string | null;
  readonly onChange: (value: string) => void;
  readonly onEnd: (keep: boolean) => void;
}

function NameField({ label, value, problem, onChange, onEnd }: NameFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  return (
    <Tooltip words={problem} side="bottom">
      <input
        ref={field}
        aria-label={label}
        aria-invalid={problem !== null || undefined}
        aria-description={problem ?? undefined}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        onBlur={() => onEnd(problem === null)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && problem === null) onEnd(true);
          if (event.key === 'Escape') onEnd(false);
        }}
        className="h-7 w-full min-w-0 rounded-sm border border-input bg-card px-1.5 text-sm aria-invalid:border-destructive"
      />
    </Tooltip>
  );
}
