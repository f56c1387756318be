import type { ComponentProps } from 'react';
import { cn } from '../cn.ts';

export function Card({ className, ...props }: ComponentProps<'section'>) {
  return <section className={cn('overflow-hidden rounded-lg border bg-card text-card-foreground', className)} {...props} />;
}

export function CardHeader({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('flex min-h-11 items-center justify-between gap-3 border-b px-4 py-2', className)} {...props} />;
}

export function CardTitle({ className, ...props }: ComponentProps<'h2'>) {
  return <h2 className={cn('text-sm font-semibold', className)} {...props} />;
}

export function CardContent({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('p-4', className)} {...props} />;
}
