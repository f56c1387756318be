import { resolve } from 'node:path';
import { z } from 'zod';
import { defineTarget } from '#lib/targets/define-target.ts';
import { readLakeRows } from '#lib/targets/lake/read-rows.ts';
import { createLakeSink } from '#lib/targets/lake/reload.ts';
import { LAKE_TYPE } from '#lib/targets/lake/types.ts';
import { methodNotTaken } from '#lib/targets/method-not-taken.ts';
import { openFolder } from './open-folder.ts';
import { FOLDER_FIELDS, FolderSettings } from './settings.ts';
import { testFolder } from './test-folder.ts';

/** A data lake in a folder of this machine. */
export const folder = defineTarget({
  kind: 'folder',
  title: 'Local folder',
  summary: 'Parquet, CSV or JSON lines in a folder of the machine that Entrada runs on.',
  methods: ['reload'],
  capabilities: { atomicSwap: true, merge: false, files: true, conditionalPut: true, softDelete: false },
  fields: FOLDER_FIELDS,
  types: LAKE_TYPE,
  settings: FolderSettings,
  secrets: z.null(),
  location: ({ path }) => path,
  reach: ({ path }) => ({ folder: path }),
  address: ({ path }, namespace) => `file://${resolve(path, namespace)}`,
  test: testFolder,
  createSink(target, task) {
    if (task.method !== 'reload') throw methodNotTaken('A folder', task.method);
    return createLakeSink((dataset) => openFolder(target, task.settings.folder, dataset), task.settings);
  },
  async readRows(target, task, dataset, page) {
    if (task.method !== 'reload') throw methodNotTaken('A folder', task.method);
    return readLakeRows(await openFolder(target, task.settings.folder, dataset.name), dataset, page);
  },
  readChanges: async () => ({ changes: [], total: 0 }),
  ddl: () => null,
});
