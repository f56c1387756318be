import { Button } from '#components/ui/button.tsx';
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '#components/ui/overlay/dialog.tsx';
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
    <Dialog open={problem !== null} onOpenChange={(open) => (open ? undefined : onCancel())}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Change the location?</DialogTitle>
          <DialogDescription>
            {problem?.title} Their next runs land in the new location. The landed data stays in the old location. Tasks:{' '}
            {problem?.detail}
          </DialogDescription>
        </DialogHeader>
        <DialogFooter>
          <Button type="button" variant="outline" disabled={pending} onClick={onCancel}>
            Cancel
          </Button>
          <Button type="button" variant="destructive" disabled={pending} onClick={onConfirm}>
            Change location
          </Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
