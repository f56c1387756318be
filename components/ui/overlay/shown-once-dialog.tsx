'use client';

import type { ReactNode } from 'react';
import { Button } from '../button.tsx';
import { CodeBlock } from '../code-block.tsx';
import { Dialog, DialogContent, DialogFooter, DialogHeader } from './dialog.tsx';

interface ShownOnceDialogProps {
  readonly title: string;
  readonly description: ReactNode;
  readonly code: string;
  /** What the code is, for the button that copies it. */
  readonly label: string;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** The only time that a secret is shown: the dialog closes by its button alone, not by a stray click beside it. */
export function ShownOnceDialog({ title, description, code, label, onClose, children }: ShownOnceDialogProps) {
  return (
    <Dialog open onOpenChange={(next) => !next && onClose()}>
      <DialogContent onInteractOutside={(event) => event.preventDefault()} className="min-w-0">
        <DialogHeader title={title}>{description}</DialogHeader>
        <CodeBlock code={code} label={label} wrap />
        {children}
        <DialogFooter>
          <Button onClick={onClose}>Done</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
