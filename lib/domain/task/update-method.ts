import { z } from 'zod';

export const UpdateMethod = z.enum(['reload-and-compare', 'full-load', 'reload']);
export type UpdateMethod = z.infer<typeof UpdateMethod>;

export const UPDATE_METHOD_LABEL = {
  'reload-and-compare': 'Reload and compare',
  'full-load': 'Full load',
  reload: 'Reload',
} satisfies Record<UpdateMethod, string>;

/** What each update method writes: tables in a schema, or files in a folder. */
export const METHOD_WRITES = {
  'reload-and-compare': 'tables',
  'full-load': 'tables',
  reload: 'files',
} as const satisfies Record<UpdateMethod, 'tables' | 'files'>;

/** Label of a task's namespace, by what its method writes. */
export const NAMESPACE_LABEL = { tables: 'Schema', files: 'Folder' } as const;
