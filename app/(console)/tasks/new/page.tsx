import type { Metadata } from 'next';
import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { getConnection } from '#lib/services/connection/get-connection.ts';
import { listConnections } from '#lib/services/connection/list-connections.ts';
import { listDatasets } from '#lib/services/dataset/list-datasets.ts';
import { listTargets } from '#lib/services/target/list-targets.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound } from '#lib/web/page.ts';
import { startRunAction } from '../../actions.ts';
import { createTaskAction, planDatasetsAction } from '../actions.ts';
import { TaskForm } from './_components/task-form.tsx';

export const metadata: Metadata = { title: 'New task' };

export default async function NewTaskPage({
  searchParams,
}: {
  readonly searchParams: Promise<{ connection?: string; datasets?: string }>;
}) {
  const { connection, datasets } = await searchParams;
  const ctx = await getContext();
  const [connections, targets] = await Promise.all([listConnections({ ctx, input: {} }), listTargets({ ctx, input: {} })]);
  const chosen = connection ?? (connections.length === 1 ? connections[0]?.id : undefined);
  const offered = chosen === undefined ? [] : await orNotFound(listDatasets({ ctx, input: { connectionId: chosen } }));
  const wanted = new Set(datasets?.split(',') ?? []);
  return (
    <>
      <PageHeader
        title="New task"
        breadcrumbs={[{ label: 'Tasks', href: '/tasks' }]}
        description="What to read, where to land it, and how."
      />
      {connections.length === 0 ? (
        <EmptyState
          title="A task needs a connection"
          description="Create a connection first. The task then reads datasets of this connection."
          action={
            <Button asChild size="sm">
              <Link href="/connections/new">Create connection</Link>
            </Button>
          }
        />
      ) : (
        <TaskForm
          key={chosen ?? 'none'}
          connections={connections.map(({ id, name }) => ({ id, name }))}
          gateway={chosen === undefined ? null : (await getConnection({ ctx, input: { connectionId: chosen } })).gateway}
          connectionId={chosen ?? ''}
          datasets={offered}
          chosen={offered
            .filter((dataset) => (wanted.size > 0 ? wanted.has(dataset.name) : dataset.selected))
            .map((dataset) => dataset.id)}
          targets={targets}
          create={createTaskAction}
          plan={planDatasetsAction}
          start={startRunAction}
        />
      )}
    </>
  );
}
