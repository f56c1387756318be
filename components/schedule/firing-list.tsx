import Link from 'next/link';
import { PlannedTime } from '#components/schedule/planned-time.tsx';
import type { FiringDto, FiringOutcome } from '#lib/domain/schedule/firing.ts';

const OUTCOME_LABEL = { run: 'Started a run', skipped: 'Skipped', missed: 'Missed' } as const satisfies Record<
  FiringOutcome,
  string
>;
const OUTCOME_CLASS = {
  run: 'text-emerald-700 dark:text-emerald-300',
  skipped: 'text-amber-700 dark:text-amber-300',
  missed: 'text-red-700 dark:text-red-300',
} as const satisfies Record<FiringOutcome, string>;

/** Results of the last planned times of a schedule. */
export function FiringList({ firings, timeZone }: { readonly firings: readonly FiringDto[]; readonly timeZone: string }) {
  return (
    <ul className="divide-y text-xs">
      {firings.map((firing) => (
        <li key={firing.plannedAt} className="flex flex-wrap gap-x-3 px-4 py-1.5">
          <span className="tabular-nums">
            <PlannedTime at={firing.plannedAt} timeZone={timeZone} />
          </span>
          <span className={OUTCOME_CLASS[firing.outcome]}>{OUTCOME_LABEL[firing.outcome]}</span>
          {firing.reason === null ? null : <span className="text-muted-foreground">{firing.reason}</span>}
          {firing.runId === null ? null : (
            <Link
              href={`/runs/${firing.runId}`}
              className="rounded-sm underline decoration-border underline-offset-2 outline-none hover:decoration-foreground focus-visible:ring-2 focus-visible:ring-ring"
            >
              {firing.outcome === 'run' ? 'Open run' : 'Open previous run'}
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}
