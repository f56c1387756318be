import type { ComponentProps } from 'react';
import { cn } from '../cn.ts';

export function Skeleton({ className, ...props }: ComponentProps<'div'>) {
  return <div aria-hidden className={cn('rounded-sm bg-muted-foreground/15 motion-safe:animate-pulse', className)} {...props} />;
}
