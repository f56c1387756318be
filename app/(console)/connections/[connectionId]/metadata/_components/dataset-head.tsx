import { ArrowLeft } from 'lucide-react';
import Link from 'next/link';
import { AccessBadge, LicenceBadge } from '#components/dataset/access-badge.tsx';
import type { DatasetDto } from '#lib/domain/dataset.ts';

interface DatasetHeadProps {
  readonly connectionId: string;
  readonly dataset: DatasetDto;
}

/** What the open dataset is, where Graph has it, and whether the connection may read it. */
export function DatasetHead({ connectionId, dataset }: DatasetHeadProps) {
  return (
    <header className="space-y-1.5 px-4 pt-3">
      <Link
        href={`/connections/${connectionId}/metadata`}
        replace
        className="-ml-1 inline-flex items-center gap-1 rounded-sm p-1 text-xs text-muted-foreground outline-none hover:text-foreground focus-visible:ring-2 focus-visible:ring-ring lg:hidden"
      >
        <ArrowLeft aria-hidden className="size-3.5" />
        All datasets
      </Link>
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <h2 className="text-base font-semibold">{dataset.title}</h2>
        <AccessBadge access={dataset.access} permissions={dataset.permissions} />
        {dataset.licence === null ? null : <LicenceBadge licence={dataset.licence} />}
      </div>
      <p className="max-w-prose text-sm text-muted-foreground">{dataset.description}</p>
      <dl className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted-foreground">
        <Fact term="Table">{dataset.name}</Fact>
        <Fact term="Graph path">{dataset.path}</Fact>
        <Fact term="Permission">{dataset.permissions.join(' or ') || 'none'}</Fact>
      </dl>
    </header>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: React.ReactNode }) {
  return (
    <div className="flex min-w-0 gap-1.5">
      <dt>{term}</dt>
      <dd className="min-w-0 font-mono break-words text-foreground">{children}</dd>
    </div>
  );
}
