import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { DataGrid } from '#components/data-grid/data-grid.tsx';
import { NotRead } from '#components/run/not-read.tsx';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import type { RowsDto } from '#lib/domain/dataset/dataset.ts';
import { formatCount } from '#lib/domain/format.ts';
import { METHOD_WRITES } from '#lib/domain/task/update-method.ts';
import { getNotRead } from '#lib/services/landed/get-not-read.ts';
import { readLandedRows } from '#lib/services/landed/read-landed-rows.ts';
import { getTask } from '#lib/services/task/get-task.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound, orProblem } from '#lib/web/page.ts';

const PAGE_ROWS = 200;

export const metadata: Metadata = { title: 'Landed rows' };

interface LandedPageProps {
  readonly params: Promise<{ taskId: string; datasetName: string }>;
  readonly searchParams: Promise<{ offset?: string }>;
}

export default async function LandedPage({ params, searchParams }: LandedPageProps) {
  const { taskId, datasetName } = await params;
  const offset = Math.max(0, Number.parseInt((await searchParams).offset ?? '0', 10) || 0);
  const ctx = await getContext();
  const task = await orNotFound(getTask({ ctx, input: { taskId } }));
  const dataset = task.datasets.find((candidate) => candidate.name === datasetName);
  if (dataset === undefined) notFound();
  const [rows, notRead] = await Promise.all([
    orProblem(readLandedRows({ ctx, input: { taskId, datasetId: dataset.id, offset, limit: PAGE_ROWS } })),
    getNotRead({ ctx, input: { taskId, datasetId: dataset.id } }),
  ]);
  const location = `${task.namespace}${METHOD_WRITES[task.method] === 'tables' ? '.' : '/'}${dataset.name}`;

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PageHeader
        title={dataset.title}
        breadcrumbs={[
          { label: 'Tasks', href: '/tasks' },
          { label: task.name, href: `/tasks/${task.id}` },
        ]}
        description={
          <span className="flex items-center gap-1 text-xs">
            {task.targetName}: <code className="font-mono">{location}</code>
            <CopyButton value={location} label="Copy its location" />
          </span>
        }
      />
      <NotRead {...notRead} dataset={dataset.name} className="mb-4" />
      {rows.ok ? (
        <LandedRows name={dataset.name} rows={rows.value} offset={offset} />
      ) : rows.problem.code === 'not-landed-yet' ? (
        <EmptyState
          title="Not landed yet"
          description={rows.problem.remedy ?? rows.problem.title}
          action={
            <Button asChild size="sm" variant="outline">
              <Link href={`/tasks/${task.id}`}>Open the task</Link>
            </Button>
          }
        />
      ) : (
        <ProblemAlert problem={rows.problem} />
      )}
    </div>
  );
}

function LandedRows({ name, rows, offset }: { readonly name: string; readonly rows: RowsDto; readonly offset: number }) {
  const total = rows.total ?? 0;
  if (total === 0) return <EmptyState title="No rows" description="The dataset was landed without rows." />;
  const last = Math.min(total, offset + rows.rows.length);
  return (
    <DataGrid
      label={`Landed rows of ${name}`}
      columns={rows.columns}
      rows={rows.rows}
      firstRowNumber={offset + 1}
      summary={`Rows ${formatCount(offset + 1)} to ${formatCount(last)} of ${formatCount(total)}`}
      actions={
        <>
          <PageLink label="Previous" offset={offset - PAGE_ROWS} enabled={offset > 0} />
          <PageLink label="Next" offset={offset + PAGE_ROWS} enabled={last < total} />
        </>
      }
    />
  );
}

function PageLink({ label, offset, enabled }: { readonly label: string; readonly offset: number; readonly enabled: boolean }) {
  if (!enabled) {
    return (
      <Button size="sm" variant="ghost" disabled>
        {label}
      </Button>
    );
  }
  return (
    <Button asChild size="sm" variant="ghost">
      <Link href={`?offset=${Math.max(0, offset)}`} scroll={false}>
        {label}
      </Link>
    </Button>
  );
}
