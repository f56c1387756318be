'use client';

import { CopyButton } from '#components/ui/copy-button.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Textarea } from '#components/ui/form/input.tsx';
import type { ParsedFilter } from '#lib/domain/filter/parse-filter.ts';

interface FilterResultProps {
  readonly text: string;
  /** Why it is incomplete; null when it is complete. */
  readonly problem: string | null;
}

/** The `$filter` text of the conditions. */
export function FilterResult({ text, problem }: FilterResultProps) {
  return (
    <div className="rounded-md border bg-muted/50">
      <div className="flex items-start gap-2 px-3 py-1.5">
        <span className="pt-1 font-mono text-xs text-muted-foreground">$filter=</span>
        <output aria-label="Resulting $filter" className="min-h-6 min-w-0 flex-1 py-1 font-mono text-xs leading-4 break-all">
          {text}
        </output>
        {text === '' ? null : <CopyButton value={text} label="Copy the filter" />}
      </div>
      {problem === null ? null : <p className="border-t px-3 py-1 text-xs text-warning">{problem}</p>}
    </div>
  );
}

interface FilterTextFieldProps {
  readonly text: string;
  readonly parsed: ParsedFilter;
  readonly readOnly: boolean;
  readonly onChange: (text: string) => void;
}

/** The filter as editable text. */
export function FilterTextField({ text, parsed, readOnly, onChange }: FilterTextFieldProps) {
  const fault = parsed.ok ? null : `${parsed.message} (at character ${parsed.at + 1})`;
  const beyond = !parsed.ok && parsed.fault === 'beyond';
  return (
    <Field
      label="$filter"
      error={beyond ? null : fault}
      hint={
        beyond
          ? `The filter builder cannot show this filter: ${fault} Graph checks the filter anyway.`
          : 'Write the filter as Graph documents it: text values in single quotes, a quote inside a text twice.'
      }
    >
      <Textarea
        value={text}
        rows={4}
        spellCheck={false}
        readOnly={readOnly}
        placeholder="accountEnabled eq true and startswith(displayName,'A')"
        onChange={(event) => onChange(event.target.value)}
        className="font-mono text-xs"
      />
    </Field>
  );
}
