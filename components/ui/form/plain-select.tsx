import type { ComponentProps } from 'react';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from './select.tsx';

interface PlainSelectProps extends Omit<ComponentProps<typeof SelectTrigger>, 'value' | 'onChange' | 'children'> {
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string) => void;
}

/** One of a few options, without a visible label. The other props are those of its button: an accessible name, a class. */
export function PlainSelect({ value, options, onChange, ...button }: PlainSelectProps) {
  return (
    <Select value={value} onValueChange={onChange}>
      <SelectTrigger {...button}>
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        {options.map(([option, label]) => (
          <SelectItem key={option} value={option}>
            {label}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
