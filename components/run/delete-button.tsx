'use client';

import { Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { toast } from 'sonner';
import type { ActionResult } from '#lib/domain/problem.ts';
import { ConfirmButton } from './confirm-button.tsx';

interface DeleteButtonProps {
  /** What it deletes: `task`, `data gateway`. */
  readonly what: string;
  readonly name: string;
  /** What is removed with it, and what stays. */
  readonly description: string;
  /** Deletes it; the dialog shows a refusal. */
  readonly remove: () => Promise<ActionResult<null>>;
  /** The page to open afterwards; absent: stays on the present one. */
  readonly next?: string;
}

/** Deletes an object after asking. */
export function DeleteButton({ what, name, description, remove, next }: DeleteButtonProps) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Delete"
      confirmLabel={`Delete ${what}`}
      icon={<Trash2 aria-hidden />}
      variant="ghost"
      title={`Delete ${name}?`}
      description={description}
      onConfirm={async () => {
        const result = await remove();
        if (!result.ok) return result.problem;
        toast.success(`Deleted ${name}`);
        if (next !== undefined) router.push(next);
        return null;
      }}
    />
  );
}
