'use client';

import { useId } from 'react';
import { Checkbox } from '#components/ui/form/checkbox.tsx';

interface SwitchableProps {
  readonly label: string;
  readonly hint: string;
  readonly checked: boolean;
  readonly onChange: (on: boolean) => void;
}

/** A setting that can be on or off. */
export function Switchable({ label, hint, checked, onChange }: SwitchableProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <Checkbox id={id} checked={checked} onCheckedChange={(on) => onChange(on === true)} />
      <label htmlFor={id} className="text-sm">
        {label}
        <span className="block text-xs text-muted-foreground">{hint}</span>
      </label>
    </div>
  );
}
