'use client';

import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import type { Decision, DifferenceDto } from '#lib/domain/metadata/metadata.ts';
import { byDataset, decisionChoices, defaultDecisions, differenceMessage } from './difference-messages.ts';

interface DifferenceListProps {
  readonly differences: readonly DifferenceDto[];
  readonly pending: boolean;
  readonly onDecide: ((decisions: { id: string; decision: Decision }[]) => void) | null;
}

/** Undecided differences, grouped by dataset. */
export function DifferenceList({ differences, pending, onDecide }: DifferenceListProps) {
  if (differences.length === 0) return <p className="text-sm text-muted-foreground">There is no difference to decide.</p>;
  return (
    <section aria-label="To decide" className="space-y-2">
      <div className="flex items-center gap-2">
        <h3 className="flex-1 text-sm font-medium">{formatCounted(differences.length, 'difference')} to decide</h3>
        {onDecide === null ? null : (
          <Button variant="outline" size="sm" disabled={pending} onClick={() => onDecide(defaultDecisions(differences))}>
            Keep everything
          </Button>
        )}
      </div>
      <div className="max-h-80 overflow-y-auto rounded-md border">
        {byDataset(differences).map(({ dataset, differences: members }) => (
          <div key={dataset}>
            <h4 className="sticky top-0 border-b bg-muted px-3 py-1 font-mono text-xs">{dataset}</h4>
            <ul>
              {members.map((difference) => (
                <li
                  key={difference.id}
                  className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-border/60 px-3 py-1.5"
                >
                  <span className="min-w-40 flex-1 text-sm break-words">
                    {differenceMessage(difference)}
                    {difference.source === 'sample' ? <span className="text-muted-foreground"> in live rows</span> : null}
                  </span>
                  {difference.tasks.length === 0 ? null : (
                    <Badge variant="warning" title={difference.tasks.join(', ')}>
                      used by {formatCounted(difference.tasks.length, 'task')}
                    </Badge>
                  )}
                  {onDecide === null
                    ? null
                    : decisionChoices(difference.kind).map(({ decision, label }) => (
                        <Button
                          key={decision}
                          variant="outline"
                          size="sm"
                          disabled={pending}
                          aria-label={`${label}: ${differenceMessage(difference)} of ${dataset}`}
                          onClick={() => onDecide([{ id: difference.id, decision }])}
                        >
                          {label}
                        </Button>
                      ))}
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  );
}
