import { Download } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { listAudit } from '#lib/services/audit/list-audit.ts';
import { listAuditFacetsOf } from '#lib/services/audit/list-audit-facets.ts';
import { getContext } from '#lib/web/context.ts';
import { orProblem } from '#lib/web/page.ts';
import { AdministratorsOnly } from '../_components/administrators-only.tsx';
import { AuditFilters } from './_components/audit-filters.tsx';
import { AuditTable } from './_components/audit-table.tsx';

export const metadata: Metadata = { title: 'Audit' };

const FILTERS = ['person', 'kind', 'action', 'subject', 'from', 'to'] as const;

interface AuditPageProps {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export default async function AuditPage({ searchParams }: AuditPageProps) {
  const ctx = await getContext();
  const breadcrumbs = [{ label: 'Settings', href: '/settings' }];
  if (ctx.actor.role !== 'admin') {
    return (
      <>
        <PageHeader title="Audit" breadcrumbs={breadcrumbs} />
        <AdministratorsOnly />
      </>
    );
  }
  const query = await searchParams;
  const filter = Object.fromEntries(
    FILTERS.flatMap((name) => {
      const value = query[name];
      return typeof value === 'string' && value !== '' && value !== 'all' ? [[name, value]] : [];
    }),
  );
  const cursor = typeof query['cursor'] === 'string' ? query['cursor'] : null;
  const [facets, page] = await Promise.all([
    listAuditFacetsOf({ ctx, input: {} }),
    orProblem(listAudit({ ctx, input: { ...filter, cursor } })),
  ]);
  const href = (more: Readonly<Record<string, string>>) => `?${new URLSearchParams({ ...filter, ...more })}`;
  return (
    <>
      <PageHeader
        title="Audit"
        description="All actions: who did what, to which object, and when. Nobody can change these records."
        breadcrumbs={breadcrumbs}
        actions={<Exports filter={filter} />}
      />
      <AuditFilters key={JSON.stringify(filter)} filter={filter} facets={facets} />
      {!page.ok ? (
        <ProblemAlert problem={page.problem} />
      ) : page.value.events.length === 0 ? (
        <EmptyState
          title={Object.keys(filter).length === 0 ? 'No action yet' : 'No action matches this filter'}
          description="Enter times as days in UTC, and a subject as an id or a part of a name."
        />
      ) : (
        <>
          <AuditTable events={page.value.events} />
          <nav aria-label="Pages" className="mt-3 flex gap-2">
            {cursor === null ? null : (
              <Button asChild size="sm" variant="outline">
                <Link href={href({})}>Newest</Link>
              </Button>
            )}
            {page.value.next === null ? null : (
              <Button asChild size="sm" variant="outline">
                <Link href={href({ cursor: page.value.next })}>Older</Link>
              </Button>
            )}
          </nav>
        </>
      )}
    </>
  );
}

/** Downloads of all events that match the filter, not only of this page. */
function Exports({ filter }: { readonly filter: Readonly<Record<string, string>> }) {
  return (['csv', 'jsonl'] as const).map((format) => (
    <Button key={format} asChild size="sm" variant="outline">
      <a href={`/api/v1/audit?${new URLSearchParams({ ...filter, format })}`} download>
        <Download aria-hidden />
        {format === 'csv' ? 'CSV' : 'JSON lines'}
      </a>
    </Button>
  ));
}
