'use client';

import { Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { toast } from 'sonner';
import { ConfirmButton } from '#components/run/confirm-button.tsx';
import type { ActionResult } from '#lib/domain/problem.ts';

interface DeleteTargetButtonProps {
  readonly target: { readonly id: string; readonly name: string };
  readonly action: (input: { targetId: string }) => Promise<ActionResult<null>>;
}

/** Deletes a target after asking; the answer says which tasks stand in the way. */
export function DeleteTargetButton({ target, action }: DeleteTargetButtonProps) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Delete"
      confirmLabel="Delete target"
      icon={<Trash2 aria-hidden />}
      variant="ghost"
      title={`Delete ${target.name}?`}
      description="Its settings and its password are removed from Entrada. Landed tables and files stay where they are."
      onConfirm={async () => {
        const result = await action({ targetId: target.id });
        if (!result.ok) return result.problem;
        toast.success(`Deleted ${target.name}`);
        router.push('/targets');
        return null;
      }}
    />
  );
}
