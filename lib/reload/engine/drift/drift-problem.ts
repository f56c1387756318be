import { type DriftDecision, stoppedWords } from '#lib/domain/run/drift.ts';
import {
  DRIFT_CHOICES,
  DRIFT_LABEL,
  type DriftChange,
  type DriftSettings,
  shownDriftChoice,
} from '#lib/domain/task/drift-settings.ts';
import { AppError } from '#lib/platform/errors.ts';

/** Differences that a problem names; the others are counted. */
const NAMED_MAX = 5;

/**
 * The problem of a dataset that stops at differences: `schema-drift` where the task says so, `column-retyped` where values would be lost, and
 * `key-changed` where a key column would have to stand beside itself. Null: none stops it.
 * @param label names the table for people.
 */
export function driftProblem(
  decisions: readonly DriftDecision[],
  { label, drift }: { readonly label: string; readonly drift: DriftSettings },
): AppError | null {
  const stopped = decisions.filter(({ action }) => action === 'stopped');
  const [first, ...others] = stopped;
  if (first === undefined) return null;
  const isWished = drift[first.change] === 'stop';
  const what = stoppedWords(first).replace(/^Column (\S+)/, `Column $1 of ${label}`);
  const more = others.slice(0, NAMED_MAX).map((one) => `${stoppedWords(one)}.`);
  if (others.length > NAMED_MAX) more.push(`${others.length - NAMED_MAX} more columns differ.`);
  return new AppError({
    code: isWished ? 'schema-drift' : first.change === 'renamed' ? 'key-changed' : 'column-retyped',
    title: isWished
      ? `${what}, and the setting of the task for ${DRIFT_LABEL[first.change].toLowerCase()} is to stop.`
      : `${what}.`,
    ...(more.length === 0 ? {} : { detail: more.join(' ') }),
    remedy: `${isWished ? remedyOf(first) : otherRemedy(first, drift)} Nothing was changed.`,
    fixer: 'you',
    field: first.column,
  });
}

function choice<Change extends DriftChange>(change: Change, value: DriftSettings[Change]): string {
  return `“${shownDriftChoice(change, value, DRIFT_CHOICES)[1]}”`;
}

function remedyOf({ change, column, from }: DriftDecision): string {
  const setting = `set ${DRIFT_LABEL[change]} of the task to`;
  switch (change) {
    case 'new':
      return `Deselect ${column} on the connection metadata page, or ${setting} ${choice(change, 'add')} or ${choice(change, 'ignore')}.`;
    case 'lost':
      return `Select ${column} on the connection metadata page, or ${setting} another choice, such as ${choice(change, 'keep')}.`;
    case 'retyped':
      return `Choose the type ${from} for ${column} on the connection metadata page, or ${setting} ${choice(change, 'widen')} or ${choice(change, 'keep')}.`;
    case 'renamed':
      return `Name the column ${from} again on the connection metadata page, or ${setting} ${choice(change, 'rename')} or ${choice(change, 'add')}.`;
  }
}

/** Where the task would go on, but the table cannot. */
function otherRemedy({ change, column, from }: DriftDecision, drift: DriftSettings): string {
  if (change === 'renamed')
    return `${column} is part of the key. Name the column ${from} again on the connection metadata page, or set Renamed columns of the task to ${choice('renamed', 'rename')}.`;
  const keep = drift.retyped === 'keep' ? '' : `set Retyped columns of the task to ${choice('retyped', 'keep')}, `;
  const start = `Rename the column on the connection metadata page, ${keep}or drop the table to start again.`;
  return start;
}
