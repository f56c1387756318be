import { Columns3 } from 'lucide-react';
import { type DriftDecision, driftSentence } from '#lib/domain/run/drift.ts';

/** How the columns of a dataset differed from its landed table in a run, and what was done; nothing where they did not. */
export function DriftLines({ drift }: { readonly drift: readonly DriftDecision[] }) {
  if (drift.length === 0) return null;
  return (
    <div className="flex gap-2 text-xs">
      <Columns3 aria-hidden className="mt-0.5 size-3.5 shrink-0 text-muted-foreground" />
      <ul aria-label="Changed columns" className="min-w-0 space-y-0.5">
        {drift.map((decision) => (
          <li key={`${decision.change} ${decision.column}`}>{driftSentence(decision)}</li>
        ))}
      </ul>
    </div>
  );
}
