import type { LandingSettings } from '#lib/domain/task/task.ts';
import type { GroupedPublish, GroupResult, Published } from '#lib/reload/engine/sink.ts';
import { toLakeError } from '#lib/targets/lake/lake-error.ts';
import { changeDatabase } from './database-file.ts';
import { findPublished, type Loading, loadTable } from './load-table.ts';

/** Loads a dataset into the attached copy, or answers what its run published before. */
export async function publishInto(loading: Loading, how: LandingSettings['whenTableExists']): Promise<Published> {
  const { database, stage, options } = loading;
  const before = await findPublished(stage, database, options.plan.table, options.runId);
  return before ?? loadTable(loading, how);
}

interface All {
  readonly path: string;
  readonly datasets: readonly GroupedPublish[];
  readonly how: LandingSettings['whenTableExists'];
}

/** Loads all datasets into one copy, which replaces the file: readers see the tables of before, or those of the run. */
export async function publishAllInto({ path, datasets, how }: All): Promise<readonly GroupResult[]> {
  const signal = AbortSignal.any(datasets.map(({ options }) => options.signal));
  const published: Published[] = [];
  let current: GroupedPublish | null = null;
  try {
    await changeDatabase({ path, signal }, async (inCopy) => {
      for (const dataset of datasets) {
        current = dataset;
        const stage = await dataset.open();
        const { options } = dataset;
        published.push(await inCopy(stage, (database) => publishInto({ database, stage, options }, how)));
        dataset.rest();
      }
      current = null;
    });
  } catch (error) {
    const atFault: GroupedPublish | null = current;
    if (atFault === null || signal.aborted) throw error;
    return datasets.map((dataset) => (dataset === atFault ? { error: toLakeError(error, path) } : 'not-published'));
  }
  return published.map((one) => ({ published: one }));
}
