import type { ReactNode } from 'react';
import { cn } from '../cn.ts';

export interface EmptyStateProps {
  readonly title: string;
  /** What to do next. */
  readonly description?: ReactNode;
  readonly icon?: ReactNode;
  readonly action?: ReactNode;
  readonly className?: string;
}

export function EmptyState({ title, description, icon, action, className }: EmptyStateProps) {
  return (
    <div className={cn('flex flex-col items-center justify-center px-6 py-14 text-center', className)}>
      {icon === undefined ? null : (
        <div className="mb-4 grid size-10 place-items-center rounded-lg border bg-card text-muted-foreground [&_svg]:size-5">
          {icon}
        </div>
      )}
      <p className="text-base font-semibold">{title}</p>
      {description === undefined ? null : <p className="mt-1 max-w-md text-pretty text-muted-foreground">{description}</p>}
      {action === undefined || action === null ? null : <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
