'use client';

import { ChevronsUpDown, LogOut } from 'lucide-react';
import { useTransition } from 'react';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '#components/ui/overlay/dropdown-menu.tsx';
import type { Role } from '#lib/domain/account/role.ts';
import { ROLE_LABEL } from './role-label.ts';
import { ThemeChoice } from './theme-choice.tsx';

export interface ShellUser {
  readonly email: string;
  readonly role: Role;
}

export function UserMenu({
  user,
  signOutAction,
}: {
  readonly user: ShellUser;
  readonly signOutAction: (input: null) => Promise<unknown>;
}) {
  const [pending, start] = useTransition();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={`Account of ${user.email}`}
        className="flex w-full items-center gap-2 rounded-md p-1.5 text-left hover:bg-accent data-[state=open]:bg-accent"
      >
        <span
          aria-hidden
          className="grid size-7 shrink-0 place-items-center rounded-md bg-primary/12 text-xs font-semibold text-primary uppercase"
        >
          {user.email.slice(0, 1)}
        </span>
        <span className="min-w-0 flex-1">
          <span className="block truncate text-xs font-medium">{user.email}</span>
          <span className="block text-xs text-muted-foreground">{ROLE_LABEL[user.role]}</span>
        </span>
        <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-muted-foreground" />
      </DropdownMenuTrigger>
      <DropdownMenuContent side="top" align="start" className="w-56">
        <ThemeChoice />
        <DropdownMenuSeparator />
        <DropdownMenuItem
          disabled={pending}
          onSelect={() =>
            start(async () => {
              await signOutAction(null);
            })
          }
        >
          <LogOut aria-hidden />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
