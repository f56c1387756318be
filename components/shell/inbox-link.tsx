'use client';

import { Bell } from 'lucide-react';
import Link from 'next/link';

/** The bell with the number of unread notifications. */
export function InboxLink({ unread }: { readonly unread: number }) {
  return (
    <Link
      href="/inbox"
      aria-label={unread === 0 ? 'Inbox' : `Inbox, ${unread} unread`}
      className="relative ml-auto grid size-8 place-items-center rounded-md text-muted-foreground hover:bg-accent hover:text-foreground"
    >
      <Bell aria-hidden className="size-4" />
      {unread === 0 ? null : (
        <span
          aria-hidden
          className="absolute -top-0.5 -right-0.5 min-w-4 rounded-full bg-destructive px-1 text-center text-[10px] leading-4 font-semibold text-white"
        >
          {unread > 99 ? '99+' : unread}
        </span>
      )}
    </Link>
  );
}
