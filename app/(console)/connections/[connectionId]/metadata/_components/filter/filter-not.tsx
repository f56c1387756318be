'use client';

import { useId } from 'react';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Label } from '#components/ui/form/label.tsx';

interface FilterNotProps {
  /** What it negates, for screen readers: `condition 0.1`. */
  readonly what: string;
  readonly not: boolean;
  readonly onChange: (not: boolean) => void;
}

/** Negates a condition or a group. */
export function FilterNot({ what, not, onChange }: FilterNotProps) {
  const id = useId();
  return (
    <span className="flex items-center gap-1.5">
      <Checkbox id={id} aria-label={`not, for ${what}`} checked={not} onCheckedChange={(value) => onChange(value === true)} />
      <Label htmlFor={id} className="text-xs font-normal">
        not
      </Label>
    </span>
  );
}
