'use client';

import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { deleteConnectionAction } from '#app/(console)/connections/[connectionId]/actions.ts';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '#components/ui/overlay/dialog.tsx';
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
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Delete {name}?</DialogTitle>
          <DialogDescription>
            Its tokens, its secret and the metadata of its {datasetCount} {datasetCount === 1 ? 'dataset' : 'datasets'} are
            deleted from Entrada. Landed data is kept.
            {taskCount > 0
              ? ` ${taskCount === 1 ? 'One task uses this connection: delete this task first.' : `${taskCount} tasks use this connection: delete these tasks first.`}`
              : ''}
          </DialogDescription>
        </DialogHeader>
        {problem === null ? null : <ProblemAlert problem={problem} />}
        <DialogFooter>
          <Button variant="outline" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="destructive" disabled={pending} onClick={remove}>
            Delete connection
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
