'use client';

import type { ReactNode } from 'react';
import type { Problem } from '#lib/domain/problem.ts';
import { Button } from '../button.tsx';
import { ProblemAlert } from '../feedback/problem-alert.tsx';
import { Dialog, DialogContent, DialogFooter, DialogHeader } from './dialog.tsx';

interface FormDialogProps {
  readonly title: string;
  readonly description?: string;
  /** The words on the button that submits. */
  readonly submitLabel: string;
  /** Of useActionState. */
  readonly submit: () => void;
  /** While it is sent, or while there is nothing to send. */
  readonly disabled: boolean;
  /** Shown above the fields; null where a field shows it, or where there is none. */
  readonly problem: Problem | null;
  readonly onClose: () => void;
  /** The fields. */
  readonly children: ReactNode;
}

/** An open dialog with a form: its problem, its fields, Cancel and the button that submits. */
export function FormDialog({ title, description, submitLabel, submit, disabled, problem, onClose, children }: FormDialogProps) {
  return (
    <Dialog open onOpenChange={(next) => !next && onClose()}>
      <DialogContent {...(description === undefined ? { 'aria-describedby': undefined } : {})}>
        <form action={submit} className="grid gap-4">
          <DialogHeader title={title}>{description}</DialogHeader>
          {problem === null ? null : <ProblemAlert problem={problem} />}
          {children}
          <DialogFooter>
            <Button variant="outline" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={disabled}>
              {submitLabel}
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
