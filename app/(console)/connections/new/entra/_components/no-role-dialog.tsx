'use client';

import { useRouter } from 'next/navigation';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogFooter, DialogHeader } from '#components/ui/overlay/dialog.tsx';
import { editMissingNote } from '#lib/domain/connection/connection-access.ts';

interface NoRoleDialogProps {
  /** A connection that may be used, but not changed. */
  readonly connection?: { readonly id: string; readonly owner: string };
}

export function NoRoleDialog({ connection }: NoRoleDialogProps) {
  const router = useRouter();
  const close = () => router.push(connection === undefined ? '/connections' : `/connections/${connection.id}`);
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent>
        <DialogHeader title={`This page needs ${connection === undefined ? 'the role Editor' : 'the permission Edit'}`}>
          {connection === undefined
            ? 'Ask an administrator of Entrada to give you that role, or to create the connection.'
            : editMissingNote(connection)}
        </DialogHeader>
        <DialogFooter>
          <Button onClick={close}>Go to {connection === undefined ? 'Connections' : 'the connection'}</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
