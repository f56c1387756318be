'use client';

import { DeleteButton } from '#components/run/delete-button.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';

interface DeleteConnectionButtonProps {
  readonly connection: { readonly id: string; readonly name: string };
  /** Tasks that use it and prevent the deletion. */
  readonly tasks: readonly { readonly name: string }[];
  readonly action: (input: { connectionId: string }) => Promise<ActionResult<null>>;
}

/** Deletes a connection after a confirmation. */
export function DeleteConnectionButton({ connection, tasks, action }: DeleteConnectionButtonProps) {
  return (
    <DeleteButton
      what="connection"
      name={connection.name}
      description={
        tasks.length === 0
          ? 'Its tokens, its credential and its metadata are removed from Entrada. What was landed stays where it is.'
          : `It is used by ${tasks.map(({ name }) => name).join(', ')}. Delete ${tasks.length === 1 ? 'this task' : 'these tasks'} first; what was landed stays where it is.`
      }
      remove={() => action({ connectionId: connection.id })}
      next="/connections"
    />
  );
}
