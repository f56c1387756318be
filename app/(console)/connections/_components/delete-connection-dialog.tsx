'use client';

import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { deleteConnectionAction } from '#app/(console)/connections/[connectionId]/actions.ts';
import { ConfirmDialog } from '#components/ui/overlay/confirm-dialog.tsx';
import type { ConnectionSummaryDto } from '#lib/domain/connection/connection.ts';
import type { Problem } from '#lib/domain/problem.ts';

interface DeleteConnectionDialogProps {
  readonly connection: ConnectionSummaryDto;
  readonly onClose: () => void;
}

export function DeleteConnectionDialog({ connection, onClose }: DeleteConnectionDialogProps) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, start] = useTransition();
  const { taskCount, datasetCount, name } = connection;

  function remove() {
    start(async () => {
      const result = await deleteConnectionAction({ connectionId: connection.id });
      if (!result.ok) return setProblem(result.problem);
      toast.success(`Deleted ${name}`);
      onClose();
    });
  }

  return (
    <ConfirmDialog
      open
      title={`Delete ${name}?`}
      description={
        <>
          Its tokens, its secret and the metadata of its {datasetCount} {datasetCount === 1 ? 'dataset' : 'datasets'} are deleted
          from Entrada. Landed data is kept.
          {taskCount > 0
            ? ` ${taskCount === 1 ? 'One task uses this connection: delete this task first.' : `${taskCount} tasks use this connection: delete these tasks first.`}`
            : ''}
        </>
      }
      confirmLabel="Delete connection"
      problem={problem}
      pending={pending}
      onConfirm={remove}
      onClose={onClose}
    />
  );
}
