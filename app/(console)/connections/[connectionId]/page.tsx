import { ArrowRight, Pencil, Table2 } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { PermissionTable } from '#components/connection/permission-table.tsx';
import { TaskList } from '#components/task/task-list.tsx';
import { toTaskListItem } from '#components/task/task-list-items.ts';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { includesRole } from '#lib/domain/account/role.ts';
import { editMissingNote } from '#lib/domain/connection/connection-access.ts';
import { formatCount } from '#lib/domain/format.ts';
import { getConnectionAccess } from '#lib/services/connection/connection-access.ts';
import { getConnection } from '#lib/services/connection/get-connection.ts';
import { listDatasets } from '#lib/services/dataset/list-datasets.ts';
import { reviewPermissions } from '#lib/services/preparation/review-permissions.ts';
import { listTasks } from '#lib/services/task/list-tasks.ts';
import { getContext } from '#lib/web/context.ts';
import { orNotFound } from '#lib/web/page.ts';
import { ConnectionAccessPanel } from './_components/connection-access.tsx';
import { ConnectionFacts } from './_components/connection-facts.tsx';
import { DeleteConnectionButton } from './_components/delete-connection-button.tsx';
import { DuplicateConnectionButton } from './_components/duplicate-connection-button.tsx';
import { Section } from './_components/section.tsx';
import { TestConnectionPanel } from './_components/test-connection-panel.tsx';
import { deleteConnectionAction, duplicateConnectionAction, setConnectionAccessAction, testConnectionAction } from './actions.ts';

export const metadata: Metadata = { title: 'Connection' };

export default async function ConnectionPage({ params }: { readonly params: Promise<{ connectionId: string }> }) {
  const { connectionId } = await params;
  const ctx = await getContext();
  const input = { connectionId };
  const [connection, datasets, tasks, review, access] = await orNotFound(
    Promise.all([
      getConnection({ ctx, input }),
      listDatasets({ ctx, input }),
      listTasks({ ctx, input }),
      reviewPermissions({ ctx, input }),
      getConnectionAccess({ ctx, input }),
    ]),
  );
  const isEditor = includesRole(ctx.actor.role, 'editor');
  const canEdit = isEditor && connection.access === 'edit';
  const granted = datasets.filter((dataset) => dataset.access === 'granted').length;

  return (
    <>
      <PageHeader
        title={connection.name}
        breadcrumbs={[{ label: 'Connections', href: '/connections' }]}
        description="Microsoft Entra ID (Azure Active Directory)"
        actions={
          <>
            {canEdit ? (
              <>
                <DeleteConnectionButton connection={connection} tasks={tasks} action={deleteConnectionAction} />
                <DuplicateConnectionButton connectionId={connection.id} action={duplicateConnectionAction} />
                <Button asChild size="sm" variant="outline">
                  <Link href={`/connections/${connection.id}/edit`}>
                    <Pencil aria-hidden />
                    Edit
                  </Link>
                </Button>
              </>
            ) : null}
            <Button asChild size="sm">
              <Link href={`/connections/${connection.id}/metadata`}>
                <Table2 aria-hidden />
                Open connection metadata
              </Link>
            </Button>
          </>
        }
      />
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="min-w-0 space-y-6">
          <Section title="Identity" actions={canEdit ? null : undefined}>
            <ConnectionFacts connection={connection} canEdit={canEdit} />
            <TestConnectionPanel connectionId={connection.id} action={isEditor ? testConnectionAction : null} />
          </Section>
          <Section
            title="Tasks"
            count={tasks.length}
            actions={
              isEditor ? (
                <Button asChild size="sm" variant="outline">
                  <Link href={`/tasks/new?connection=${connection.id}`}>New task</Link>
                </Button>
              ) : null
            }
          >
            {tasks.length === 0 ? (
              <EmptyState
                title="No task yet"
                description="Choose datasets in the connection metadata, then create a task that lands them in a database or a data lake."
              />
            ) : (
              <TaskList tasks={tasks.map(toTaskListItem)} showConnection={false} />
            )}
          </Section>
          <Section title="Permissions" count={connection.identity.permissions.length}>
            <div className="p-3">
              <PermissionTable review={review} />
            </div>
          </Section>
        </div>
        <div className="min-w-0 space-y-6">
          <Section title="Datasets">
            <p className="px-4 py-3 text-sm text-muted-foreground">
              <span className="font-medium text-foreground tabular-nums">{formatCount(granted)}</span> of{' '}
              <span className="tabular-nums">{formatCount(datasets.length)}</span> can be read with the permissions granted.
            </p>
            <Link
              href={`/connections/${connection.id}/metadata`}
              className="flex items-center justify-between border-t px-4 py-2.5 text-sm font-medium outline-none hover:bg-muted/60 focus-visible:ring-2 focus-visible:ring-inset focus-visible:ring-ring"
            >
              Browse datasets
              <ArrowRight aria-hidden className="size-4 text-muted-foreground" />
            </Link>
          </Section>
          <Section title="Access">
            <ConnectionAccessPanel
              connectionId={connection.id}
              access={access}
              action={canEdit ? setConnectionAccessAction : null}
            />
            {isEditor && !canEdit ? <p className="border-t px-4 py-3 text-sm">{editMissingNote(connection)}</p> : null}
          </Section>
        </div>
      </div>
    </>
  );
}
