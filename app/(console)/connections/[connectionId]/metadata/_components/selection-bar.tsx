'use client';

import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import { formatCounted } from '#lib/domain/format.ts';
import { newTaskHref } from './metadata-search.ts';

interface SelectionBarProps {
  readonly connectionId: string;
  readonly datasets: readonly DatasetSummaryDto[];
  /** Null: the person may view but not select. */
  readonly onClear: (() => void) | null;
}

/** Number of selected datasets, always visible, and the link to a new task. */
export function SelectionBar({ connectionId, datasets, onClear }: SelectionBarProps) {
  const selected = datasets.filter((dataset) => dataset.selected);
  const columns = selected.reduce((sum, dataset) => sum + dataset.selectedColumnCount, 0);
  const none = selected.length === 0;
  const href = newTaskHref(
    connectionId,
    selected.map((dataset) => dataset.name),
  );
  return (
    <div className="flex min-h-11 items-center gap-2 border-t bg-muted/40 p-2 pl-3">
      <p className="min-w-0 flex-1 text-xs leading-4 text-muted-foreground tabular-nums" aria-live="polite">
        <span className="block font-medium text-foreground">{formatCounted(selected.length, 'dataset')} selected</span>
        <span className="block">{formatCounted(columns, 'column')}</span>
      </p>
      {none || onClear === null ? null : (
        <Button variant="ghost" size="sm" onClick={onClear}>
          Clear
        </Button>
      )}
      {onClear === null ? null : none ? (
        <Button size="sm" disabled title="Select datasets first">
          New task
        </Button>
      ) : (
        <Button asChild size="sm">
          <Link href={href}>
            New task
            <ArrowRight aria-hidden />
          </Link>
        </Button>
      )}
    </div>
  );
}
