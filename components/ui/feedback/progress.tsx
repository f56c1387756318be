import { Progress as ProgressPrimitive } from 'radix-ui';
import { cn } from '../cn.ts';

/** `value` 0..100, null while unknown. */
export function Progress({
  value,
  label,
  className,
}: {
  readonly value: number | null;
  readonly label: string;
  readonly className?: string;
}) {
  return (
    <ProgressPrimitive.Root
      value={value}
      aria-label={label}
      className={cn('relative h-1.5 w-full overflow-hidden rounded-full bg-muted-foreground/20', className)}
    >
      <ProgressPrimitive.Indicator
        className={cn('h-full rounded-full bg-primary transition-[width]', value === null && 'w-1/3 motion-safe:animate-pulse')}
        style={value === null ? undefined : { width: `${Math.min(100, Math.max(0, value))}%` }}
      />
    </ProgressPrimitive.Root>
  );
}
