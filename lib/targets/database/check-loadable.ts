import { isLogDataset, LOG_ROWS_STAY } from '#lib/domain/dataset/log-dataset.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { IncompleteError } from '#lib/reload/engine/reading/completeness.ts';
import type { PublishOptions } from '#lib/reload/engine/sink.ts';
import type { FoundTable } from './found-table.ts';
import { checkKeylessIsWhole, namesOfUnread } from './table-plan.ts';

/**
 * Checks that a full load can be published although something was not read.
 * @param replaces whether the loaded rows replace the landed ones.
 * @throws IncompleteError when landed values or rows that must stay would be lost, or added rows would lack values.
 */
export function checkLoadable(
  options: Pick<PublishOptions, 'plan' | 'unread' | 'unproven' | 'rejected'>,
  replaces: boolean,
): void {
  const { plan, unread, unproven, rejected = null } = options;
  checkKeylessIsWhole(options);
  const name = plan.dataset.name;
  if (!replaces && unread.length > 0) {
    throw new IncompleteError(
      name,
      `Rows that are appended would have no values of ${namesOfUnread(unread)}, which could not be read. Nothing was added. Deselect the column, or give the connection what it needs.`,
    );
  }
  if (!replaces || plan.key.length > 0) return;
  if (isLogDataset(plan.dataset)) {
    throw new IncompleteError(
      name,
      `${LOG_ROWS_STAY} Its rows have no key, so those that Graph forgot cannot be told from the others. Nothing was changed. Choose append, or Reload and compare.`,
    );
  }
  if (rejected !== null) {
    throw new IncompleteError(
      name,
      `${rejected.count} rows could not be taken, and its rows have no key by which the landed ones could stay. Nothing was changed. Choose append, or Reload and compare.`,
    );
  }
  if (unproven === null) return;
  throw new IncompleteError(
    name,
    `Rows of ${unproven.count} parents may be missing, and its rows have no key by which the landed ones could stay. Nothing was changed.`,
  );
}

/** @throws IncompleteError when landed values have to stay, but the landed table lacks the key to find them by. */
export function requireLandedKey({ key, dataset }: DatasetPlan, { columns }: Pick<FoundTable, 'columns'>): void {
  const missing = key.filter((name) => !columns.has(name));
  if (missing.length === 0) return;
  throw new IncompleteError(
    dataset.name,
    `Landed values have to stay, but the landed table has no column ${missing.join(', ')} to find them by. Nothing was changed.`,
  );
}
