import type { DriftDecision } from '#lib/domain/run/drift.ts';

/** What a publish cannot see any more: the plan has been adapted to it. */
const BEFORE_READING: ReadonlySet<DriftDecision['action']> = new Set(['left-out', 'kept-type', 'renamed']);

/** The decisions of a publish (`now`), with those of before the reading that the plan carries out. */
export function settleDrift(before: readonly DriftDecision[], now: readonly DriftDecision[]): readonly DriftDecision[] {
  return [...before.filter(({ action }) => BEFORE_READING.has(action)), ...now];
}
