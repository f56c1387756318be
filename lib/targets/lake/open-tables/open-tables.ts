import type { Column } from '#lib/domain/dataset/dataset.ts';
import type { LakeSettings } from '#lib/domain/task/task.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import type { LakeStore } from '../lake-store.ts';
import { hasOpenTables } from '../types.ts';
import { cleanDelta, commitDelta } from './delta.ts';
import { cleanIceberg, commitIceberg, icebergFieldIds } from './iceberg.ts';
import type { NextSnapshot } from './next-snapshot.ts';

/** The open tables over the files of one dataset; with *Files* there is none and nothing happens. */
export interface OpenTables {
  /** Ids that columns have in Parquet files; nothing where no table needs them. */
  fieldIds(columns: readonly Column[]): Promise<{ readonly fieldIds?: ReadonlyMap<string, number> }>;
  /** Makes the version the next snapshot of each table. Nothing happens where a table has it already. */
  commit(next: NextSnapshot): Promise<void>;
  /** Whether some table names the files of the version: they are not to be deleted then. */
  committed(): boolean;
  /** Removes metadata that only snapshots that are gone had. */
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

/** The tables that the task asks for. */
export function openTablesOf(
  settings: LakeSettings,
  lake: { readonly store: LakeStore; readonly stage: StagedRows },
): OpenTables {
  if (!hasOpenTables(settings)) return NONE;
  const hasDelta = settings.tables !== 'iceberg';
  const hasIceberg = settings.tables !== 'delta';
  let isCommitted = false;
  let ids: ReadonlyMap<string, number> = new Map();
  return {
    async fieldIds(columns) {
      if (!hasIceberg) return {};
      ids = await icebergFieldIds(lake.store, columns);
      return { fieldIds: ids };
    },
    async commit(next) {
      // From the first attempt on: a commit may have been taken though its answer was lost.
      isCommitted = true;
      if (hasDelta) await commitDelta(lake, next);
      if (hasIceberg) await commitIceberg(lake, next, ids);
    },
    committed: () => isCommitted,
    async clean() {
      if (hasDelta) await cleanDelta(lake.store, settings.versionsKept);
      if (hasIceberg) await cleanIceberg(lake.store);
    },
    notes: () => lake.store.notes?.() ?? [],
  };
}
