import type { ComponentProps } from 'react';
import { cn } from '../cn.ts';
import { inputClass } from './input.tsx';

interface NativeSelectProps<V extends string> extends Omit<ComponentProps<'select'>, 'value' | 'onChange'> {
  readonly value: V;
  readonly options: readonly (readonly [value: V, label: string])[];
  readonly onValueChange: (value: V) => void;
}

/** The browser's own select, for pages that are to stay small. */
export function NativeSelect<V extends string>({ value, options, onValueChange, className, ...props }: NativeSelectProps<V>) {
  return (
    <select
      value={value}
      onChange={(event) => {
        const chosen = options.find(([option]) => option === event.target.value);
        if (chosen !== undefined) onValueChange(chosen[0]);
      }}
      className={cn(inputClass, 'pr-1 read-only:bg-card', className)}
      {...props}
    >
      {options.map(([option, label]) => (
        <option key={option} value={option}>
          {label}
        </option>
      ))}
    </select>
  );
}
