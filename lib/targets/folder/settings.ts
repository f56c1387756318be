import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { TargetField } from '#lib/domain/target/target.ts';

export const FolderSettings = z.object({
  path: z
    .string()
    .trim()
    .min(1, 'Enter the path of the folder.')
    .max(4096)
    .refine((path) => isAbsolute(path) && !path.includes('\0'), 'Enter an absolute path, for example /data/lake.'),
});
export type FolderSettings = z.infer<typeof FolderSettings>;

export const FOLDER_FIELDS: readonly TargetField[] = [
  {
    name: 'path',
    label: 'Folder',
    input: 'text',
    secret: false,
    placeholder: '/srv/lake/entra',
    hint: 'A folder on the machine of the server and its workers, inside one of the folders of ENTRADA_LAKE_ROOTS.',
  },
];
