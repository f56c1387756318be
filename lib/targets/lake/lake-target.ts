import type { TargetCapabilities } from '#lib/domain/target/target.ts';
import { datasetFolder } from '#lib/domain/task/lake-folder.ts';
import { writesFiles } from '#lib/domain/task/task.ts';
import { methodNotTaken } from '#lib/targets/method-not-taken.ts';
import type { OpenedTarget, TargetDefinition } from '#lib/targets/target.ts';
import { readLakeChanges } from './compare/change-file.ts';
import type { LakeStore } from './lake-store.ts';
import { readLakeRows } from './read-rows.ts';
import { createLakeSink } from './reload.ts';
import { LAKE_TYPE } from './types.ts';

type LakeMembers = 'methods' | 'types' | 'createSink' | 'readRows' | 'readChanges' | 'ddl';

/** What a lake can do in a store with conditional writes. */
export const LAKE_CAPABILITIES: TargetCapabilities = {
  atomicSwap: true,
  merge: false,
  files: true,
  conditionalPut: true,
  softDelete: false,
  together: 'in-turn',
  relations: false,
};

/** The part that all stores of files share. @param openerOf opens the folder with these names, below the location in the settings. */
export function lakeTarget<Settings, Secrets>(
  title: string,
  openerOf: (target: OpenedTarget<Settings, Secrets>) => (...names: readonly string[]) => Promise<LakeStore>,
): Pick<TargetDefinition<Settings, Secrets>, LakeMembers> {
  return {
    methods: ['reload', 'reload-and-compare-files'],
    types: LAKE_TYPE,
    createSink(target, task) {
      if (!writesFiles(task)) throw methodNotTaken(title, task.method);
      const open = openerOf(target);
      return createLakeSink((table) => open(datasetFolder(task.settings.folder, table)), task.settings);
    },
    async readRows(target, task, dataset, page) {
      if (!writesFiles(task)) throw methodNotTaken(title, task.method);
      return readLakeRows(await openerOf(target)(datasetFolder(task.settings.folder, dataset.name)), dataset, page);
    },
    async readChanges(target, task, dataset, filter) {
      if (task.method !== 'reload-and-compare-files') return { changes: [], total: 0 };
      return readLakeChanges(await openerOf(target)(datasetFolder(task.settings.folder, dataset.name)), dataset, filter);
    },
    ddl: () => null,
  };
}
