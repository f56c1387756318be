import type { ReactNode } from 'react';
import { Breadcrumb, type Crumb } from './breadcrumb.tsx';

export interface PageHeaderProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly breadcrumbs?: readonly Crumb[];
  readonly actions?: ReactNode;
}

export function PageHeader({ title, description, breadcrumbs, actions }: PageHeaderProps) {
  return (
    <header className="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 space-y-0.5">
        {breadcrumbs === undefined ? null : <Breadcrumb crumbs={breadcrumbs} />}
        <h1 className="truncate text-xl font-semibold tracking-tight">{title}</h1>
        {description === undefined ? null : <div className="text-muted-foreground">{description}</div>}
      </div>
      {actions === undefined || actions === null ? null : <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
