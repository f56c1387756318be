'use client';

import { DeleteButton } from '#components/run/delete-button.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';

interface DeleteTargetButtonProps {
  readonly target: { readonly id: string; readonly name: string };
  readonly action: (input: { targetId: string }) => Promise<ActionResult<null>>;
}

/** Deletes a target after a confirmation; a refusal names the tasks that use it. */
export function DeleteTargetButton({ target, action }: DeleteTargetButtonProps) {
  return (
    <DeleteButton
      what="target"
      name={target.name}
      description="Entrada deletes the settings and the password of this target. Landed tables and files are kept."
      remove={() => action({ targetId: target.id })}
      next="/targets"
    />
  );
}
