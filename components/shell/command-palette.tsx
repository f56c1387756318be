'use client';

import { Command } from 'cmdk';
import { BookOpen, KeyRound, ListPlus, Plus, ScrollText, Search, Users } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Dialog as DialogPrimitive } from 'radix-ui';
import { useEffect, useState } from 'react';
import { DialogOverlay } from '#components/ui/overlay/dialog.tsx';
import { DESTINATIONS, type Destination } from './navigation.ts';

const MORE: readonly Destination[] = [
  { label: 'Create connection', href: '/connections/new', icon: Plus },
  { label: 'New task', href: '/tasks/new', icon: ListPlus },
  { label: 'People', href: '/settings/people', icon: Users },
  { label: 'API tokens', href: '/settings/tokens', icon: KeyRound },
  { label: 'API reference', href: '/api/docs', icon: BookOpen },
  { label: 'Audit', href: '/settings/audit', icon: ScrollText },
];

/** Ctrl-K: opens any page by its name. */
export function CommandPalette() {
  const router = useRouter();
  const [open, setOpen] = useState(false);

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen((shown) => !shown);
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);

  function go(href: string) {
    setOpen(false);
    router.push(href);
  }

  return (
    <DialogPrimitive.Root open={open} onOpenChange={setOpen}>
      <DialogPrimitive.Trigger className="flex h-8 w-full items-center gap-2 rounded-md border bg-card px-2 text-muted-foreground shadow-xs hover:text-foreground">
        <Search aria-hidden className="size-3.5" />
        <span className="flex-1 text-left">Go to…</span>
        <kbd className="rounded-sm border bg-muted px-1 font-sans text-[11px]">Ctrl K</kbd>
      </DialogPrimitive.Trigger>
      <DialogPrimitive.Portal>
        <DialogOverlay />
        <DialogPrimitive.Content
          aria-describedby={undefined}
          className="fixed top-[15vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 overflow-hidden rounded-xl border bg-popover shadow-overlay"
        >
          <DialogPrimitive.Title className="sr-only">Go to a page</DialogPrimitive.Title>
          <Command label="Go to a page">
            <Command.Input
              placeholder="Go to…"
              className="h-11 w-full border-b bg-transparent px-4 text-base placeholder:text-muted-foreground focus-visible:outline-none"
            />
            <Command.List className="max-h-80 overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-6 text-center text-muted-foreground">No page has this name.</Command.Empty>
              {[...DESTINATIONS, ...MORE].map(({ label, href, icon: Icon }) => (
                <Command.Item
                  key={href}
                  value={label}
                  onSelect={() => go(href)}
                  className="flex h-9 cursor-default items-center gap-2.5 rounded-md px-2.5 data-[selected=true]:bg-accent"
                >
                  <Icon aria-hidden className="size-4 text-muted-foreground" />
                  {label}
                </Command.Item>
              ))}
            </Command.List>
          </Command>
        </DialogPrimitive.Content>
      </DialogPrimitive.Portal>
    </DialogPrimitive.Root>
  );
}
