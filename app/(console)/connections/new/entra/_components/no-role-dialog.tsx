'use client';

import { useRouter } from 'next/navigation';
import { Button } from '#components/ui/button.tsx';
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '#components/ui/overlay/dialog.tsx';

export function NoRoleDialog() {
  const router = useRouter();
  const close = () => router.push('/connections');
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>This needs the role Editor</DialogTitle>
          <DialogDescription>
            Ask an administrator of Entrada to give you that role, or to create the connection.
          </DialogDescription>
        </DialogHeader>
        <DialogFooter>
          <Button onClick={close}>Go to Connections</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
