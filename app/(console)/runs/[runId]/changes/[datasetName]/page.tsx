import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { formatCount } from '#lib/domain/format.ts';
import { METHOD_COMPARES, METHOD_WRITES } from '#lib/domain/task/update-method.ts';
import { getRun } from '#lib/services/run/get-run.ts';
import { listChanges } from '#lib/services/run/list-changes.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound, orProblem } from '#lib/web/page.ts';
import { ChangeList } from './_components/change-list.tsx';

const CHANGES_MAX = 200;
const OPERATIONS = [
  { value: null, label: 'All' },
  { value: 'insert', label: 'Inserted' },
  { value: 'update', label: 'Updated' },
  { value: 'delete', label: 'Deleted' },
] as const;

export const metadata: Metadata = { title: 'What changed' };

interface ChangesPageProps {
  readonly params: Promise<{ runId: string; datasetName: string }>;
  readonly searchParams: Promise<{ operation?: string }>;
}

export default async function ChangesPage({ params, searchParams }: ChangesPageProps) {
  const { runId, datasetName } = await params;
  const wanted = (await searchParams).operation ?? null;
  const operation = OPERATIONS.find((candidate) => candidate.value === wanted)?.value ?? null;
  const ctx = await getContext();
  const run = await orNotFound(getRun({ ctx, input: { runId } }));
  const dataset = run.datasets.find((candidate) => candidate.datasetName === datasetName);
  if (dataset === undefined) notFound();
  const input = { runId, datasetId: dataset.datasetId, limit: CHANGES_MAX, ...(operation === null ? {} : { operation }) };
  const answer = await orProblem(listChanges({ ctx, input }));
  const { inserted, updated, deleted } = dataset.counts;
  const count = { insert: inserted, update: updated, delete: deleted };

  return (
    <>
      <PageHeader
        title={`What changed in ${dataset.title}`}
        breadcrumbs={[
          { label: 'Runs', href: '/runs' },
          { label: run.taskName, href: `/runs/${run.id}` },
        ]}
      />
      <nav aria-label="Kind of change" className="mb-3 flex flex-wrap gap-1">
        {OPERATIONS.map(({ value, label }) => (
          <Link
            key={label}
            href={value === null ? '?' : `?operation=${value}`}
            aria-current={value === operation ? 'page' : undefined}
            className="rounded-md border px-2.5 py-1 text-xs font-medium text-muted-foreground outline-none hover:text-foreground focus-visible:ring-2 focus-visible:ring-ring aria-[current=page]:border-primary aria-[current=page]:text-foreground"
          >
            {label}{' '}
            <span className="tabular-nums">{formatCount(value === null ? inserted + updated + deleted : count[value])}</span>
          </Link>
        ))}
      </nav>
      {!answer.ok ? (
        <ProblemAlert problem={answer.problem} />
      ) : answer.value.changes.length === 0 ? (
        <EmptyState
          title="Nothing changed"
          description={
            METHOD_COMPARES[run.method]
              ? 'This run found no difference from the landed rows.'
              : 'Only Reload and compare keeps a change table.'
          }
        />
      ) : (
        <>
          {answer.value.loaded === undefined ? null : (
            <p className="mb-3 text-xs text-muted-foreground">
              This run added {formatCount(answer.value.loaded)} rows at once, without one row each in the change table. This page
              shows their current values, except for rows deleted since.
            </p>
          )}
          <ChangeList changes={answer.value.changes} />
          {answer.value.total > CHANGES_MAX ? (
            <p className="mt-3 text-xs text-muted-foreground">
              The first {formatCount(CHANGES_MAX)} of {formatCount(answer.value.total)}. All of them are in{' '}
              <code className="font-mono">
                {METHOD_WRITES[run.method] === 'files'
                  ? `${run.namespace}/${dataset.datasetName}/_changes`
                  : `${run.namespace}.${dataset.datasetName}__ct`}
              </code>
              .
            </p>
          ) : null}
        </>
      )}
    </>
  );
}
