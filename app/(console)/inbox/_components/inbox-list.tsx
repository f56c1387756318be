'use client';

import Link from 'next/link';
import { useTransition } from 'react';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import { NOTIFICATION_EVENT_LABEL, NOTIFICATION_LEVEL, type NotificationLevel } from '#lib/domain/notification/event.ts';
import type { InboxItemDto } from '#lib/domain/notification/inbox.ts';
import { markInboxReadAction } from '../actions.ts';

const VARIANT = { problem: 'danger', warning: 'warning', good: 'success' } as const satisfies Record<NotificationLevel, string>;

export function InboxList({ items }: { readonly items: readonly InboxItemDto[] }) {
  return (
    <Card>
      <ul className="divide-y">
        {items.map((item) => (
          <InboxItem key={item.id} item={item} />
        ))}
      </ul>
    </Card>
  );
}

function InboxItem({ item }: { readonly item: InboxItemDto }) {
  const [pending, start] = useTransition();
  function mark() {
    start(async () => {
      if (!item.read) await markInboxReadAction({ notificationIds: [item.id] });
    });
  }
  return (
    <li className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <Badge variant={VARIANT[NOTIFICATION_LEVEL[item.event]]}>{NOTIFICATION_EVENT_LABEL[item.event]}</Badge>
        {item.read ? null : <Badge variant="info">Unread</Badge>}
        <span className="text-xs text-muted-foreground">
          <TimeAgo at={item.at} />
        </span>
        {item.read ? null : (
          <Button variant="ghost" size="sm" className="ml-auto" disabled={pending} onClick={mark}>
            Mark as read
            <span className="sr-only">: {item.title}</span>
          </Button>
        )}
      </div>
      <Link href={item.path} onClick={mark} className="w-fit font-medium break-words hover:underline">
        {item.title}
      </Link>
      <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-1 text-sm">
        {item.facts.map(({ label, value }) => (
          <div key={label} className="contents">
            <dt className="text-muted-foreground">{label}</dt>
            <dd className="break-words whitespace-pre-line">{value}</dd>
          </div>
        ))}
      </dl>
      {item.remedy === null ? null : <p className="text-sm text-muted-foreground">{item.remedy}</p>}
    </li>
  );
}
