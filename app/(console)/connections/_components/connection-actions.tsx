'use client';

import { Ellipsis, KeyRound, Pencil, Plug, Table2, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { testConnectionAction } from '#app/(console)/connections/[connectionId]/actions.ts';
import { Button } from '#components/ui/button.tsx';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '#components/ui/overlay/dropdown-menu.tsx';
import type { ConnectionSummaryDto } from '#lib/domain/connection/connection.ts';
import { DeleteConnectionDialog } from './delete-connection-dialog.tsx';
import { RenameConnectionDialog } from './rename-connection-dialog.tsx';

interface ConnectionActionsProps {
  readonly connection: ConnectionSummaryDto;
  /** By the role; what this connection allows comes on top. */
  readonly canEdit: boolean;
}

export function ConnectionActions({ connection, canEdit: isEditor }: ConnectionActionsProps) {
  const canEdit = isEditor && connection.access === 'edit';
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null);
  const [pending, start] = useTransition();

  function test() {
    start(async () => {
      const result = await testConnectionAction({ connectionId: connection.id });
      if (result.ok)
        toast.success(`${connection.name}: Graph answered as ${result.value.account} in ${result.value.latencyMs} ms.`);
      else toast.error(`${connection.name}: ${result.problem.title}`, { description: result.problem.remedy });
    });
  }

  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon-sm" aria-label={`Actions for ${connection.name}`} disabled={pending}>
            <Ellipsis aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          <DropdownMenuItem asChild>
            <Link href={`/connections/${connection.id}/metadata`}>
              <Table2 aria-hidden />
              Open connection metadata
            </Link>
          </DropdownMenuItem>
          {isEditor ? (
            <DropdownMenuItem onSelect={test}>
              <Plug aria-hidden />
              Test connection
            </DropdownMenuItem>
          ) : null}
          {canEdit ? (
            <>
              <DropdownMenuItem asChild>
                <Link href={`/connections/${connection.id}/edit`}>
                  <KeyRound aria-hidden />
                  {connection.state === 'ready' ? 'Edit' : 'Authenticate again'}
                </Link>
              </DropdownMenuItem>
              <DropdownMenuItem onSelect={() => setDialog('rename')}>
                <Pencil aria-hidden />
                Rename
              </DropdownMenuItem>
              <DropdownMenuSeparator />
              <DropdownMenuItem variant="destructive" onSelect={() => setDialog('delete')}>
                <Trash2 aria-hidden />
                Delete
              </DropdownMenuItem>
            </>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
      {dialog === 'rename' ? <RenameConnectionDialog connection={connection} onClose={() => setDialog(null)} /> : null}
      {dialog === 'delete' ? <DeleteConnectionDialog connection={connection} onClose={() => setDialog(null)} /> : null}
    </>
  );
}
