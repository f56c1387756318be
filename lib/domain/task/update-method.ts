import { z } from 'zod';

export const UpdateMethod = z.enum(['reload-and-compare', 'full-load', 'reload', 'reload-and-compare-files']);
export type UpdateMethod = z.infer<typeof UpdateMethod>;

export const UPDATE_METHOD_LABEL = {
  'reload-and-compare': 'Reload and compare',
  'full-load': 'Full load',
  reload: 'Reload',
  'reload-and-compare-files': 'Reload and compare',
} satisfies Record<UpdateMethod, string>;

/** What each update method writes: tables in a schema, or files in a folder. */
export const METHOD_WRITES = {
  'reload-and-compare': 'tables',
  'full-load': 'tables',
  reload: 'files',
  'reload-and-compare-files': 'files',
} as const satisfies Record<UpdateMethod, 'tables' | 'files'>;

/** Whether the method compares with what is landed, and records each change. */
export const METHOD_COMPARES = {
  'reload-and-compare': true,
  'full-load': false,
  reload: false,
  'reload-and-compare-files': true,
} as const satisfies Record<UpdateMethod, boolean>;

/** What the namespace of a task is called, by what its method writes. */
export const NAMESPACE_LABEL = { tables: 'Schema', files: 'Folder' } as const;
