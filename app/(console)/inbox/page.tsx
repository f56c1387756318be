import { Bell } from 'lucide-react';
import type { Metadata } from 'next';
import { EmptyState } from '#components/ui/feedback/empty-state.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import { PageHeader } from '#components/ui/layout/page-header.tsx';
import { getInbox } from '#lib/services/notification/inbox.ts';
import { getContext } from '#lib/web/context.ts';
import { InboxList } from './_components/inbox-list.tsx';
import { MarkAllReadButton } from './_components/mark-all-read-button.tsx';

export const metadata: Metadata = { title: 'Inbox' };

export default async function InboxPage() {
  const ctx = await getContext();
  const { items, unread } = await getInbox({ ctx, input: { limit: 200 } });
  return (
    <>
      <PageHeader
        title="Inbox"
        description="Events of connections, tasks and data gateways that a notification rule sends here."
        actions={unread === 0 ? null : <MarkAllReadButton />}
      />
      {items.length === 0 ? (
        <Card className="grid min-h-80 place-items-center border-dashed">
          <EmptyState
            icon={<Bell aria-hidden />}
            title="No notifications"
            description="Entrada lists failed runs, missed schedules and secrets that expire soon here."
          />
        </Card>
      ) : (
        <InboxList items={items} />
      )}
    </>
  );
}
