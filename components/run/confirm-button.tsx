'use client';

import { useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/overlay/confirm-dialog.tsx';
import type { Problem } from '#lib/domain/problem.ts';

interface ConfirmButtonProps {
  /** Label of the button; also of the dialog's confirming button unless `confirmLabel` is given. */
  readonly label: string;
  readonly confirmLabel?: string;
  readonly icon?: React.ReactNode;
  readonly variant?: 'outline' | 'ghost' | 'destructive';
  readonly title: string;
  readonly description: React.ReactNode;
  /** Executes the action; the dialog shows a returned problem and closes on null. */
  readonly onConfirm: () => Promise<Problem | null>;
}

/** A button for an irreversible action: asks for confirmation and explains the consequence. */
export function ConfirmButton({
  label,
  confirmLabel,
  icon,
  variant = 'outline',
  title,
  description,
  onConfirm,
}: ConfirmButtonProps) {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, start] = useTransition();

  function confirm() {
    start(async () => {
      const answer = await onConfirm();
      setProblem(answer);
      if (answer === null) setOpen(false);
    });
  }

  return (
    <>
      <Button
        variant={variant}
        size="sm"
        onClick={() => {
          setProblem(null);
          setOpen(true);
        }}
      >
        {icon}
        {label}
      </Button>
      <ConfirmDialog
        open={open}
        title={title}
        description={description}
        confirmLabel={confirmLabel ?? label}
        problem={problem}
        pending={pending}
        onConfirm={confirm}
        onClose={() => setOpen(false)}
      />
    </>
  );
}
