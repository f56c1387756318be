import type { UnreadColumn } from '#lib/domain/run/run.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { IncompleteError } from '#lib/reload/engine/reading/completeness.ts';

/**
 * The columns that a table of this plan has: those that were read, and selected ones that could not be read, in the order of the
 * definition. A table that is created while a column cannot be read has it too, since queries of consumers name it.
 */
export function tablePlan(plan: DatasetPlan, unread: readonly UnreadColumn[]): DatasetPlan {
  if (unread.length === 0) return plan;
  const names = new Set(unread.map(({ name }) => name));
  const read = new Map(plan.columns.map((column) => [column.name, column]));
  const columns = plan.dataset.columns.flatMap((column) => {
    const known = read.get(column.name) ?? (names.has(column.name) ? column : undefined);
    return known === undefined ? [] : [known];
  });
  return { ...plan, columns };
}

/** Names of the unread columns, as text. */
export function namesOfUnread(unread: readonly UnreadColumn[]): string {
  return unread.map(({ name }) => name).join(', ');
}

/**
 * Rows without a key are identified by the values of all columns, so none may be missing.
 * @throws IncompleteError when a column is unread.
 */
export function checkKeylessIsWhole({
  plan,
  unread,
}: {
  readonly plan: DatasetPlan;
  readonly unread: readonly UnreadColumn[];
}): void {
  if (plan.key.length > 0 || unread.length === 0) return;
  throw new IncompleteError(
    plan.dataset.name,
    `The rows have no key, so Entrada compares all their values, but ${namesOfUnread(unread)} could not be read. Nothing was changed. Deselect the column, or grant the connection the missing permission.`,
  );
}
