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
          ? 'Entrada deletes the tokens, the credential and the metadata of this connection. Landed data is kept.'
          : `${tasks.length === 1 ? 'A task uses' : 'Tasks use'} this connection: ${tasks.map(({ name }) => name).join(', ')}. Delete ${tasks.length === 1 ? 'this task' : 'these tasks'} first. Landed data is kept.`
      }
      remove={() => action({ connectionId: connection.id })}
      next="/connections"
    />
  );
}
