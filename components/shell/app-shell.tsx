'use client';

import { Menu } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Sheet, SheetContent, SheetTitle, SheetTrigger } from '#components/ui/overlay/sheet.tsx';
import { CommandPalette } from './command-palette.tsx';
import { InboxLink } from './inbox-link.tsx';
import { Logo } from './logo.tsx';
import { NavLinks } from './nav-links.tsx';
import { type ShellUser, UserMenu } from './user-menu.tsx';

export interface AppShellProps {
  readonly user: ShellUser;
  /** Number of unread notifications in the person's inbox. */
  readonly unread: number;
  readonly signOutAction: (input: null) => Promise<unknown>;
  readonly children: ReactNode;
}

/** Sidebar and page. On narrow screens the sidebar is a sheet behind a button. */
export function AppShell({ user, unread, signOutAction, children }: AppShellProps) {
  const [menuOpen, setMenuOpen] = useState(false);
  return (
    <div className="flex h-dvh flex-col md:flex-row">
      <a
        href="#main"
        className="sr-only rounded-md bg-primary px-3 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-60"
      >
        Skip to the page
      </a>
      <aside className="hidden w-56 shrink-0 flex-col gap-4 border-r bg-sidebar p-3 md:flex">
        <div className="flex items-center">
          <Brand />
          <InboxLink unread={unread} />
        </div>
        <CommandPalette />
        <NavLinks />
        <div className="mt-auto">
          <UserMenu user={user} signOutAction={signOutAction} />
        </div>
      </aside>
      <div className="flex h-12 shrink-0 items-center gap-2 border-b bg-sidebar px-3 md:hidden">
        <Sheet open={menuOpen} onOpenChange={setMenuOpen}>
          <SheetTrigger asChild>
            <Button variant="ghost" size="icon" aria-label="Open navigation">
              <Menu aria-hidden />
            </Button>
          </SheetTrigger>
          <SheetContent side="left" aria-describedby={undefined} className="w-64 gap-4 bg-sidebar p-3">
            <SheetTitle className="sr-only">Navigation</SheetTitle>
            <Brand />
            <NavLinks onNavigate={() => setMenuOpen(false)} />
            <div className="mt-auto">
              <UserMenu user={user} signOutAction={signOutAction} />
            </div>
          </SheetContent>
        </Sheet>
        <Brand />
        <InboxLink unread={unread} />
      </div>
      <main
        id="main"
        tabIndex={-1}
        className="relative flex min-h-0 min-w-0 flex-1 flex-col overflow-y-auto px-4 py-5 outline-none md:px-7 md:py-6 [&>*]:shrink-0"
      >
        {children}
      </main>
    </div>
  );
}

function Brand() {
  return (
    <Link
      href="/connections"
      className="flex w-fit items-center gap-2 rounded-md px-1.5 py-1 text-base font-semibold tracking-tight"
    >
      <Logo className="size-5.5" />
      Entrada
    </Link>
  );
}
