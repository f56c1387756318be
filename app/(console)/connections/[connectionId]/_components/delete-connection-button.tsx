'use client';

import { Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { toast } from 'sonner';
import { ConfirmButton } from '#components/run/confirm-button.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';

interface DeleteConnectionButtonProps {
  readonly connection: { readonly id: string; readonly name: string };
  /** Tasks that use it: they stand in the way. */
  readonly tasks: readonly { readonly name: string }[];
  readonly action: (input: { connectionId: string }) => Promise<ActionResult<null>>;
}

/** Deletes a connection after asking. */
export function DeleteConnectionButton({ connection, tasks, action }: DeleteConnectionButtonProps) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Delete"
      confirmLabel="Delete connection"
      icon={<Trash2 aria-hidden />}
      variant="ghost"
      title={`Delete ${connection.name}?`}
      description={
        tasks.length === 0
          ? 'Its tokens, its credential and its metadata are removed from Entrada. What was landed stays where it is.'
          : `It is used by ${tasks.map(({ name }) => name).join(', ')}. Delete ${tasks.length === 1 ? 'this task' : 'these tasks'} first; what was landed stays where it is.`
      }
      onConfirm={async () => {
        const result = await action({ connectionId: connection.id });
        if (!result.ok) return result.problem;
        toast.success(`Deleted ${connection.name}`);
        router.push('/connections');
        return null;
      }}
    />
  );
}
