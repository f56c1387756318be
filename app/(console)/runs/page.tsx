import type { Metadata } from 'next';
import Link from 'next/link';
import { RunList } from '#components/run/run-list.tsx';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { listRuns } from '#lib/services/run/list-runs.ts';
import { getContext } from '#lib/web/context.ts';

const RUNS_MAX = 100;

export const metadata: Metadata = { title: 'Runs' };

export default async function RunsPage() {
  const ctx = await getContext();
  const runs = await listRuns({ ctx, input: { limit: RUNS_MAX } });
  return (
    <>
      <PageHeader
        title="Runs"
        description={
          runs.length === RUNS_MAX ? `The last ${RUNS_MAX} runs of all tasks.` : 'Every run of every task, the newest first.'
        }
      />
      {runs.length === 0 ? (
        <EmptyState
          title="No run yet"
          description="Open a task and choose Reload now: its run appears here, live."
          action={
            <Button asChild size="sm" variant="outline">
              <Link href="/tasks">Open tasks</Link>
            </Button>
          }
        />
      ) : (
        <div className="overflow-hidden rounded-lg border bg-card">
          <RunList runs={runs} />
        </div>
      )}
    </>
  );
}
