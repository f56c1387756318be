'use client';

import type { ReactNode } from 'react';
import type { Problem } from '#lib/domain/problem.ts';
import { Button } from '../button.tsx';
import { ProblemAlert } from '../feedback/problem-alert.tsx';
import { Dialog, DialogContent, DialogFooter, DialogHeader } from './dialog.tsx';

interface ConfirmDialogProps {
  readonly open: boolean;
  readonly title: string;
  /** The consequence. */
  readonly description: ReactNode;
  readonly confirmLabel: string;
  /** Why the action was refused; null: it was not. */
  readonly problem: Problem | null;
  readonly pending: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before an action that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, title, description, confirmLabel, problem, pending, onConfirm, onClose } = props;
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()}>
      <DialogContent>
        <DialogHeader title={title}>{description}</DialogHeader>
        {problem === null ? null : <ProblemAlert problem={problem} />}
        <DialogFooter>
          <Button type="button" variant="outline" onClick={onClose} disabled={pending}>
            Cancel
          </Button>
          <Button type="button" variant="destructive" onClick={onConfirm} disabled={pending}>
            {confirmLabel}
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
