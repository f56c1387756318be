'use client';

import { CircleAlert } from 'lucide-react';
import { Slot } from 'radix-ui';
import { type ReactElement, type ReactNode, useId } from 'react';
import { cn } from '../cn.ts';
import { Label } from './label.tsx';

export interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** Error of the value; announced when it appears. */
  readonly error?: string | null | undefined;
  readonly optional?: boolean;
  readonly className?: string;
  /** The control: gets id, aria-describedby and aria-invalid. */
  readonly children: ReactElement;
}

/** Label, control, hint and error, connected for screen readers. */
export function Field({ label, hint, error, optional = false, className, children }: FieldProps) {
  const id = useId();
  const wrong = error !== undefined && error !== null && error !== '';
  const describedBy = [wrong ? `${id}-error` : '', hint === undefined ? '' : `${id}-hint`].filter(Boolean).join(' ');
  return (
    <div className={cn('grid gap-1.5', className)}>
      <div className="flex items-baseline justify-between gap-2">
        <Label htmlFor={id}>{label}</Label>
        {optional ? <span className="text-xs text-muted-foreground">Optional</span> : null}
      </div>
      <Slot.Root id={id} aria-invalid={wrong || undefined} aria-describedby={describedBy === '' ? undefined : describedBy}>
        {children}
      </Slot.Root>
      {wrong ? (
        <p id={`${id}-error`} role="alert" className="flex items-start gap-1.5 text-xs text-destructive">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          {error}
        </p>
      ) : null}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="text-xs text-muted-foreground">
          {hint}
        </p>
      )}
    </div>
  );
}
