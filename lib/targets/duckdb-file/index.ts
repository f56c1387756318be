import { z } from 'zod';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import { defineTarget } from '#lib/targets/define-target.ts';
import { FOLDER_FIELDS, FolderSettings } from '#lib/targets/folder/settings.ts';
import { testFolder } from '#lib/targets/folder/test-folder.ts';
import { methodNotTaken } from '#lib/targets/method-not-taken.ts';
import { changeDatabase, databasePath, openDatabaseFile } from './database-file.ts';
import { DUCKDB_TYPE } from './load-table.ts';
import { publishAllInto, publishInto } from './publish-into.ts';
import { readEventCursor, readLanded, readPublished, readTable } from './read-table.ts';

/** A DuckDB database file per task, with all its tables. */
export const duckdbFile = defineTarget({
  kind: 'duckdb-file',
  title: 'DuckDB file',
  summary: 'One .duckdb file for each task with all its tables, in a folder of the machine that Entrada runs on.',
  methods: ['full-load'],
  capabilities: {
    atomicSwap: true,
    merge: false,
    files: false,
    conditionalPut: false,
    softDelete: false,
    together: 'at-once',
    relations: false,
  },
  fields: FOLDER_FIELDS,
  types: DUCKDB_TYPE,
  settings: FolderSettings,
  secrets: z.null(),
  location: ({ path }) => path,
  reach: ({ path }) => ({ folder: path }),
  address: (settings, schema) => `duckdb://${databasePath(settings, schema)}`,
  test: testFolder,
  createSink(target, task) {
    const { schema, whenTableExists } = settingsOf(task);
    return {
      findLanded: async (plan) => {
        const isReplaced = whenTableExists === 'drop-and-create' && plan.events === null;
        return readLanded(await openDatabaseFile(target, schema), plan, isReplaced);
      },
      findEventCursor: async (plan) => readEventCursor(await openDatabaseFile(target, schema), plan.table),
      findPublished: async (plan, runId) => readPublished(await openDatabaseFile(target, schema), plan.table, runId),
      async publish(stage, options) {
        const path = await openDatabaseFile(target, schema);
        return changeDatabase({ path, signal: options.signal }, (inCopy) =>
          inCopy(stage, (database) => publishInto({ database, stage, options }, whenTableExists)),
        );
      },
      async publishTogether(datasets) {
        const path = await openDatabaseFile(target, schema);
        return publishAllInto({ path, datasets, how: whenTableExists });
      },
    };
  },
  readRows: async (target, task, dataset, page) =>
    readTable(await openDatabaseFile(target, settingsOf(task).schema), dataset, page),
  readChanges: async () => ({ changes: [], total: 0 }),
  ddl: () => null,
});

function settingsOf(task: TaskTarget) {
  if (task.method !== 'full-load') throw methodNotTaken('A DuckDB file', task.method);
  return task.settings;
}
