'use client';

import { useActionState, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { Dialog, DialogContent, DialogFooter, DialogHeader, DialogTitle } from '#components/ui/overlay/dialog.tsx';
import type { Problem } from '#lib/domain/problem.ts';
import { renameConnectionAction } from '../actions.ts';

interface RenameConnectionDialogProps {
  readonly connection: { readonly id: string; readonly name: string };
  readonly onClose: () => void;
}

export function RenameConnectionDialog({ connection, onClose }: RenameConnectionDialogProps) {
  const [name, setName] = useState(connection.name);
  const [problem, submit, pending] = useActionState<Problem | null>(async () => {
    const result = await renameConnectionAction({ connectionId: connection.id, name });
    if (!result.ok) return result.problem;
    toast.success(`Renamed to ${name.trim()}`);
    onClose();
    return null;
  }, null);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent aria-describedby={undefined}>
        <form action={submit} className="grid gap-4">
          <DialogHeader>
            <DialogTitle>Rename connection</DialogTitle>
          </DialogHeader>
          <Field
            label="Connection name"
            error={problem === null ? null : [problem.title, problem.remedy].filter(Boolean).join(' ')}
          >
            <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={120} autoFocus required />
          </Field>
          <DialogFooter>
            <Button variant="outline" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={pending || name.trim() === ''}>
              Rename
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
