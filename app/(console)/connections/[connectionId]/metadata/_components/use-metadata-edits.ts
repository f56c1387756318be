'use client';

import { useRouter } from 'next/navigation';
import { createContext, useCallback, useContext, useEffect, useMemo, useTransition } from 'react';
import { toast } from 'sonner';
import type { EditHistoryDto } from '#lib/domain/metadata/metadata.ts';
import type { ActionResult } from '#lib/domain/problem.ts';

/** One toast at a time: a new edit replaces the previous one. */
const TOAST_ID = 'metadata-edit';

export type UndoAction = (input: {
  connectionId: string;
  direction: 'undo' | 'redo';
  editId?: string | null;
}) => Promise<ActionResult<EditHistoryDto>>;

export interface MetadataEdits {
  readonly history: EditHistoryDto;
  readonly pending: boolean;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Shows a toast about an edit with Undo, or its problem. Returns whether the edit succeeded. */
  readonly report: (result: ActionResult<unknown>, words: string) => boolean;
}

export const MetadataEditsContext = createContext<MetadataEdits | null>(null);

/** Undo and Redo of the enclosing page. */
export function useMetadataEdits(): MetadataEdits {
  const edits = useContext(MetadataEditsContext);
  if (edits === null) throw new Error('useMetadataEdits is for parts of the metadata page');
  return edits;
}

/** Undo and Redo by buttons, toasts and keys (Control or Command with Z, Shift+Z, Y) outside of text fields. */
export function useEditHistory(connectionId: string, history: EditHistoryDto, action: UndoAction | null): MetadataEdits {
  const [pending, start] = useTransition();
  const router = useRouter();

  const go = useCallback(
    (direction: 'undo' | 'redo', editId: string | null) => {
      if (action === null) return;
      start(async () => {
        const result = await action({ connectionId, direction, editId });
        if (result.ok) {
          const label = direction === 'undo' ? result.value.redo?.label : result.value.undo?.label;
          toast(`${direction === 'undo' ? 'Undone' : 'Redone'}: ${label ?? 'the last edit'}`, { id: TOAST_ID });
        } else {
          toast.error(result.problem.title, { id: TOAST_ID, description: result.problem.remedy });
          router.refresh();
        }
      });
    },
    [action, connectionId, router],
  );

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const direction = directionOf(event);
      if (direction === null || event.defaultPrevented || isTyping(event.target)) return;
      event.preventDefault();
      go(direction, null);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [go]);

  return useMemo(
    () => ({
      history,
      pending,
      undo: () => go('undo', history.undo?.id ?? null),
      redo: () => go('redo', history.redo?.id ?? null),
      report: (result, words) => {
        if (result.ok) toast(words, { id: TOAST_ID, action: { label: 'Undo', onClick: () => go('undo', null) } });
        else toast.error(result.problem.title, { id: TOAST_ID, description: result.problem.remedy });
        return result.ok;
      },
    }),
    [history, pending, go],
  );
}

function directionOf(event: KeyboardEvent): 'undo' | 'redo' | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (key === 'z') return event.shiftKey ? 'redo' : 'undo';
  return key === 'y' ? 'redo' : null;
}

/** Text fields have their own undo. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('textarea, input:not([type=checkbox], [type=radio]), [role=dialog]') !== null)
  );
}
