import { ChevronRight } from 'lucide-react';
import Link from 'next/link';

export interface Crumb {
  readonly label: string;
  readonly href: string;
}

/** Links to the parent pages. */
export function Breadcrumb({ crumbs }: { readonly crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb">
      <ol className="flex flex-wrap items-center gap-1 text-xs text-muted-foreground">
        {crumbs.map((crumb) => (
          <li key={crumb.href} className="flex min-w-0 items-center gap-1">
            <Link href={crumb.href} className="max-w-56 truncate rounded-sm hover:text-foreground hover:underline">
              {crumb.label}
            </Link>
            <ChevronRight aria-hidden className="size-3 shrink-0" />
          </li>
        ))}
      </ol>
    </nav>
  );
}
