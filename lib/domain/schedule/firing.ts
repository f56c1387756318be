import type { MissedRuns } from './schedule-rule.ts';

/** What happened at a planned time. */
export type FiringOutcome = 'run' | 'skipped' | 'missed';

export interface FiringDto {
  readonly plannedAt: string;
  readonly handledAt: string;
  readonly outcome: FiringOutcome;
  /** Why it started nothing, one sentence; null where it started a run. */
  readonly reason: string | null;
  /** The run that it started, or that prevented the start. */
  readonly runId: string | null;
}

/** Reasons for which a firing starts nothing; any other reason is the code of the problem at the start. */
export const SKIP_REASON = {
  overlap: 'The previous run had not ended.',
  'all-paused': 'All schedules were paused.',
  'task-paused': 'The task was paused.',
  late: 'No worker ran at that time.',
  'landed-not-dropped': 'The tables that the task landed earlier are not deleted yet.',
} as const;

export function skipReasonMessage(reason: string): string {
  return (SKIP_REASON as Readonly<Record<string, string>>)[reason] ?? `The task could not start (${reason}).`;
}

/** A firing that is later than this counts as missed, milliseconds. Long enough for the restart of a worker. */
export const GRACE_MS = 5 * 60_000;

export interface DueFiring {
  readonly plannedAt: Date;
  readonly verdict: 'fire' | 'missed';
}

/**
 * What to do with planned times that are due, in their order. Only the last can start a run, since all of them would start the
 * same. It does when it is within the grace period, or late under `run-once`. `isAll`: no later planned time is due.
 */
export function evaluateDue(
  planned: readonly Date[],
  { now, missedRuns, isAll }: { readonly now: Date; readonly missedRuns: MissedRuns; readonly isAll: boolean },
): readonly DueFiring[] {
  return planned.map((plannedAt, index) => {
    const isLast = isAll && index === planned.length - 1;
    const isLate = now.getTime() - plannedAt.getTime() > GRACE_MS;
    return { plannedAt, verdict: isLast && (!isLate || missedRuns === 'run-once') ? 'fire' : 'missed' };
  });
}
