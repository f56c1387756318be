import type { Column } from '#lib/domain/dataset/dataset.ts';
import type { LakeSettings } from '#lib/domain/task/task.ts';
import { hasOpenTables } from '../types.ts';
import { commitDelta, deleteUnneededDeltaFiles } from './delta.ts';
import type { NextSnapshot } from './next-snapshot.ts';
import type { OpenTableFiles } from './open-table-files.ts';

/** The table formats over the files of one dataset; for *Files* there is none. */
export interface OpenTables {
  /**
   * Ids that columns have in Parquet files; nothing where no table needs them.
   * @param renames new names of columns by the old ones: an id stays with its column
   */
  fieldIds(
    columns: readonly Pick<Column, 'name' | 'type'>[],
    renames?: ReadonlyMap<string, string>,
  ): Promise<{ readonly fieldIds?: ReadonlyMap<string, number> }>;
  /** Makes the state the next snapshot of each table. Nothing happens where a table has it already. */
  commit(next: NextSnapshot): Promise<void>;
  /** Whether a table may reference the files of the version: then they must not be deleted. */
  committed(): boolean;
  /** Deletes metadata of removed snapshots. */
  clean(): Promise<void>;
  notes(): readonly string[];
}

const NONE: OpenTables = {
  fieldIds: async () => ({}),
  commit: async () => undefined,
  committed: () => false,
  clean: async () => undefined,
  notes: () => [],
};

/** Imported at first use: the web process describes lakes, and writes none. */
const iceberg = () => import('./iceberg.ts');

/** The tables that the task asks for. */
export function openTablesOf(settings: Pick<LakeSettings, 'tables' | 'versionsKept'>, lake: OpenTableFiles): OpenTables {
  if (!hasOpenTables(settings)) return NONE;
  const hasDelta = settings.tables !== 'iceberg';
  const hasIceberg = settings.tables !== 'delta';
  let isCommitted = false;
  let ids: ReadonlyMap<string, number> = new Map();
  let renamed: ReadonlyMap<string, string> = new Map();
  return {
    async fieldIds(columns, renames = new Map()) {
      if (!hasIceberg) return {};
      renamed = renames;
      ids = await (await iceberg()).icebergFieldIds(lake.store, columns, renamed);
      return { fieldIds: ids };
    },
    async commit(next) {
      // Set at the first attempt: a commit may be stored although its answer was lost.
      isCommitted = true;
      if (hasDelta) await commitDelta(lake, next);
      if (hasIceberg) await (await iceberg()).commitIceberg(lake, next, { ids, renamed });
    },
    committed: () => isCommitted,
    async clean() {
      if (hasDelta) await deleteUnneededDeltaFiles(lake.store, settings.versionsKept);
      if (hasIceberg) await (await iceberg()).deleteUnneededIcebergFiles(lake);
    },
    notes: () => lake.store.notes?.() ?? [],
  };
}
