'use client';

import { Input } from '#components/ui/form/input.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/form/select.tsx';
import type { FilterCondition } from '#lib/domain/filter/filter.ts';
import { type LiteralType, valueProblem } from '#lib/domain/filter/filter-literal.ts';

interface FilterValueFieldProps {
  readonly label: string;
  readonly condition: FilterCondition;
  /** Members of an enum type. */
  readonly enumValues: readonly string[] | null;
  readonly onChange: (values: readonly string[]) => void;
}

const PLACEHOLDER = {
  string: 'text',
  boolean: 'true',
  number: '0',
  guid: '00000000-0000-0000-0000-000000000000',
  dateTimeOffset: '2026-11-01T00:00:00Z',
  date: '2026-11-01',
  timeOfDay: '08:30:00',
  duration: 'P30D',
} as const satisfies Record<LiteralType, string>;

/** A field for a value according to its type: a choice, a date, or text. For `in`: several values, one per line. */
export function FilterValueField({ label, condition, enumValues, onChange }: FilterValueFieldProps) {
  const { type, operator, values } = condition;
  const value = values[0] ?? '';
  const choices = type === 'boolean' ? ['true', 'false'] : enumValues;
  if (choices !== null && choices.length > 0 && operator !== 'in') {
    return <Choice label={label} value={value} choices={choices} onChange={onChange} />;
  }
  if (operator === 'in') return <Several {...{ label, condition, onChange }} />;
  const problem = value === '' && type === 'string' ? null : valueProblem(value, type);
  if (type === 'dateTimeOffset')
    return <TimeField label={label} value={value} problem={problem} onChange={(next) => onChange([next])} />;
  return (
    <Input
      aria-label={label}
      aria-invalid={(problem !== null && value !== '') || undefined}
      aria-description={problem ?? undefined}
      title={problem ?? undefined}
      type={type === 'date' ? 'date' : 'text'}
      inputMode={type === 'number' ? 'decimal' : undefined}
      placeholder={PLACEHOLDER[type]}
      value={value}
      spellCheck={false}
      onChange={(event) => onChange([event.target.value])}
      className="min-w-40 flex-1 sm:max-w-72"
    />
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

function Choice({ label, value, choices, onChange }: ChoiceProps) {
  return (
    <Select value={value} onValueChange={(next) => onChange([next])}>
      <SelectTrigger aria-label={label} className="w-44">
        <SelectValue placeholder="Choose" />
      </SelectTrigger>
      <SelectContent>
        {choices.map((choice) => (
          <SelectItem key={choice} value={choice}>
            {choice}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}

function Several({ label, condition, onChange }: Pick<FilterValueFieldProps, 'label' | 'condition' | 'onChange'>) {
  return (
    <textarea
      aria-label={`${label}, one a line`}
      placeholder={`one ${condition.type === 'string' ? 'value' : condition.type} a line`}
      rows={2}
      value={condition.values.join('\n')}
      spellCheck={false}
      onChange={(event) => onChange(event.target.value === '' ? [] : event.target.value.split('\n'))}
      className="min-h-14 min-w-40 flex-1 rounded-md border border-input bg-card px-2.5 py-1.5 text-sm shadow-xs sm:max-w-72"
    />
  );
}

interface TimeFieldProps {
  readonly label: string;
  readonly value: string;
  readonly problem: string | null;
  readonly onChange: (value: string) => void;
}

/** A time in UTC from a picker; the text mode accepts other time zones. */
function TimeField({ label, value, problem, onChange }: TimeFieldProps) {
  const local = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)(?:\.0+)?Z$/.exec(value)?.[1];
  if (value !== '' && local === undefined) {
    return (
      <Input
        aria-label={label}
        aria-invalid={problem !== null || undefined}
        title={problem ?? undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="min-w-40 flex-1 sm:max-w-72"
      />
    );
  }
  return (
    <span className="flex items-center gap-1">
      <Input
        aria-label={label}
        type="datetime-local"
        step={1}
        value={local ?? ''}
        onChange={(event) => onChange(event.target.value === '' ? '' : withSeconds(event.target.value))}
        className="w-52"
      />
      <span className="text-xs text-muted-foreground">UTC</span>
    </span>
  );
}

function withSeconds(local: string): string {
  return `${local.length === 16 ? `${local}:00` : local}Z`;
}
