'use client';

import { GitCompareArrows } from 'lucide-react';
import { useState, useTransition } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { Dialog, DialogContent, DialogHeader } from '#components/ui/overlay/dialog.tsx';
import { formatCount } from '#lib/domain/format.ts';
import type { Decision, MetadataChangesDto } from '#lib/domain/metadata/metadata.ts';
import type { MetadataActions } from '../metadata-props.ts';
import { DifferenceList } from './difference-list.tsx';
import { DocumentChanges } from './document-changes.tsx';

interface ChangesButtonProps {
  readonly connectionId: string;
  readonly changes: MetadataChangesDto;
  /** Null: the person may view but not decide. */
  readonly decideAction: MetadataActions['decide'] | null;
}

/** Differences that the last generation found, with their decisions, and the changes of $metadata itself. */
export function ChangesButton({ connectionId, changes, decideAction }: ChangesButtonProps) {
  const [open, setOpen] = useState(false);
  const [pending, start] = useTransition();
  if (changes.document === null && changes.pending.length === 0) return null;

  function decide(decisions: { id: string; decision: Decision }[]) {
    if (decideAction === null || decisions.length === 0) return;
    start(async () => {
      const result = await decideAction({ connectionId, decisions });
      if (!result.ok) toast.error(result.problem.title, { description: result.problem.remedy });
    });
  }

  const waiting = changes.pending.length;
  return (
    <>
      <Button variant={waiting === 0 ? 'ghost' : 'outline'} size="sm" onClick={() => setOpen(true)}>
        <GitCompareArrows aria-hidden />
        Changes
        {waiting === 0 ? null : (
          <span className="rounded-full bg-info/15 px-1.5 text-xs font-medium tabular-nums text-info">
            {formatCount(waiting)}
          </span>
        )}
      </Button>
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogContent className="max-w-3xl">
          <DialogHeader title="Changes of the metadata">
            The differences that the last generation found. Entrada never removes by itself what you have edited or what a task
            uses.
          </DialogHeader>
          <DifferenceList differences={changes.pending} pending={pending} onDecide={decideAction === null ? null : decide} />
          <DocumentChanges changes={changes} />
        </DialogContent>
      </Dialog>
    </>
  );
}
