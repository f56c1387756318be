import { CircleCheck, Info } from 'lucide-react';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Spinner } from '#components/ui/feedback/spinner.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import type { FilterCheckView } from './use-filter-check.ts';

interface FilterCheckProps {
  readonly check: FilterCheckView;
  /** The filter needs the headers of an advanced query. */
  readonly advanced: boolean;
}

/** Graph's answer to the present filter. Its height is constant, so that the layout does not move while a person types. */
export function FilterCheck({ check, advanced }: FilterCheckProps) {
  return (
    <div className="min-h-12 space-y-2" aria-live="polite">
      {check.state === 'asking' ? (
        <p className="flex items-center gap-2 text-sm text-muted-foreground">
          <Spinner />
          Checking with Graph
        </p>
      ) : null}
      {check.state === 'matches' ? (
        <p className="flex items-center gap-2 text-sm text-success">
          <CircleCheck aria-hidden className="size-4" />
          {check.rows === null ? 'Graph accepts this filter' : `${formatCounted(check.rows, 'row matches', 'rows match')}`}
        </p>
      ) : null}
      {check.state === 'refused' ? <ProblemAlert problem={check.problem} /> : null}
      {advanced ? (
        <p className="flex items-start gap-2 text-xs text-muted-foreground">
          <Info aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          <span>
            This filter needs an advanced query, sent with <code className="font-mono">ConsistencyLevel: eventual</code> and{' '}
            <code className="font-mono">$count=true</code>, and answered from an index that may be some minutes old. Azure AD B2C
            tenants do not support advanced queries.
          </span>
        </p>
      ) : null}
    </div>
  );
}
