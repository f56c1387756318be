import type { DatasetDefinition, RowsDto } from '#lib/domain/dataset/dataset.ts';
import type { TargetAccess, TargetTest } from '#lib/domain/target/target.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import type { ChangesFilter, ChangesPage, RowsPage } from '#lib/targets/target.ts';

/** What the web and the commands do with a target. Errors are AppErrors. */
export interface TargetOperations {
  /** Tries what a reload will do. A refusal is a failed check, not an error. */
  test(access: TargetAccess): Promise<TargetTest>;
  /** Landed rows in key order; of a lake those of the version that `latest` points at. */
  readRows(
    access: TargetAccess,
    wanted: { readonly task: TaskTarget; readonly dataset: DatasetDefinition; readonly page: RowsPage },
  ): Promise<RowsDto>;
  /** Rows that a run changed; none for a target that keeps no changes. */
  readChanges(
    access: TargetAccess,
    wanted: { readonly task: TaskTarget; readonly dataset: DatasetDefinition; readonly filter: ChangesFilter },
  ): Promise<ChangesPage>;
}
