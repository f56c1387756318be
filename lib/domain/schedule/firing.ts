import type { MissedRuns } from './schedule-rule.ts';

/** What became of a planned time. */
export type FiringOutcome = 'run' | 'skipped' | 'missed';

export interface FiringDto {
  readonly plannedAt: string;
  readonly handledAt: string;
  readonly outcome: FiringOutcome;
  /** Why it started nothing, a sentence; null where it started a run. */
  readonly reason: string | null;
  /** The run that it started, or that was in its way. */
  readonly runId: string | null;
}

/** Why a firing started nothing; any other reason is the code of the problem that the start met. */
export const SKIP_REASON = {
  overlap: 'The last run was still going.',
  'all-paused': 'All schedules were paused.',
  'task-paused': 'The task was paused.',
  late: 'No worker ran at that time.',
  'landed-not-dropped': 'What the task had landed before could not be dropped yet.',
} as const;

export function skipReasonMessage(reason: string): string {
  return (SKIP_REASON as Readonly<Record<string, string>>)[reason] ?? `The task could not start (${reason}).`;
}

/** A firing that comes later than this was missed: a worker that starts again is still in time. Milliseconds. */
export const GRACE_MS = 5 * 60_000;

export interface DueFiring {
  readonly plannedAt: Date;
  readonly verdict: 'fire' | 'missed';
}

/**
 * What is to be done with planned times that have come, in their order. Of several only the last can start a run, since they all want the
 * same. It does when it is in time, and when it is late by `run-once`. `isAll`: there are no later ones that have come, too.
 */
export function judgeDue(
  planned: readonly Date[],
  { now, missedRuns, isAll }: { readonly now: Date; readonly missedRuns: MissedRuns; readonly isAll: boolean },
): readonly DueFiring[] {
  return planned.map((plannedAt, index) => {
    const isLast = isAll && index === planned.length - 1;
    const isLate = now.getTime() - plannedAt.getTime() > GRACE_MS;
    return { plannedAt, verdict: isLast && (!isLate || missedRuns === 'run-once') ? 'fire' : 'missed' };
  });
}
