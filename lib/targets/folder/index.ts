import { resolve } from 'node:path';
import { z } from 'zod';
import { defineTarget } from '#lib/targets/define-target.ts';
import { LAKE_CAPABILITIES, lakeTarget } from '#lib/targets/lake/lake-target.ts';
import { type FolderTarget, openFolder } from './open-folder.ts';
import { FOLDER_FIELDS, FolderSettings } from './settings.ts';
import { testFolder } from './test-folder.ts';

/** A data lake in a folder of this machine. */
export const folder = defineTarget({
  kind: 'folder',
  title: 'Local folder',
  summary: 'Parquet, CSV or JSON lines in a folder of the machine that Entrada runs on.',
  capabilities: LAKE_CAPABILITIES,
  fields: FOLDER_FIELDS,
  settings: FolderSettings,
  secrets: z.null(),
  location: ({ path }) => path,
  reach: ({ path }) => ({ folder: path }),
  address: ({ path }, namespace) => `file://${resolve(path, namespace)}`,
  test: testFolder,
  ...lakeTarget(
    'A folder',
    (target: FolderTarget) =>
      (...names) =>
        openFolder(target, ...names),
  ),
});
