import type { DatasetRunState, RunEvent } from '#lib/domain/run/run.ts';

/** How a run ended, of how its datasets did. One that failed doesn't lose the rest; one that was cancelled makes the run cancelled. */
export function runOutcome(states: readonly DatasetRunState[]): Extract<RunEvent, `finish-${string}`> {
  if (states.every((state) => state === 'done')) return 'finish-done';
  if (states.includes('cancelled')) return 'finish-cancelled';
  return states.some((state) => state === 'done' || state === 'partial') ? 'finish-partial' : 'finish-failed';
}
