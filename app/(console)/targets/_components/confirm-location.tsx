import { ConfirmDialog } from '#components/ui/overlay/confirm-dialog.tsx';
import type { Problem } from '#lib/domain/problem.ts';

interface ConfirmLocationProps {
  /** The problem `target-location-used`; null: nothing to confirm. */
  readonly problem: Problem | null;
  readonly pending: boolean;
  readonly onCancel: () => void;
  readonly onConfirm: () => void;
}

/** Confirms a new location of a target that tasks use, and names these tasks. */
export function ConfirmLocation({ problem, pending, onCancel, onConfirm }: ConfirmLocationProps) {
  return (
    <ConfirmDialog
      open={problem !== null}
      title="Change the location?"
      description={
        <>
          {problem?.title} Their next runs land in the new location. The landed data stays in the old location. Tasks:{' '}
          {problem?.detail}
        </>
      }
      confirmLabel="Change location"
      problem={null}
      pending={pending}
      onConfirm={onConfirm}
      onClose={onCancel}
    />
  );
}
