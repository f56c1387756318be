'use client';

import { useActionState, useState } from 'react';
import { toast } from 'sonner';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { FormDialog } from '#components/ui/overlay/form-dialog.tsx';
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
    <FormDialog
      title="Rename connection"
      submitLabel="Rename"
      submit={submit}
      disabled={pending || name.trim() === ''}
      problem={null}
      onClose={onClose}
    >
      <Field label="Connection name" error={problem === null ? null : [problem.title, problem.remedy].filter(Boolean).join(' ')}>
        <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={120} autoFocus required />
      </Field>
    </FormDialog>
  );
}
