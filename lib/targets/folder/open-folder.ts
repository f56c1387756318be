import { realpath } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { AppError } from '#lib/platform/errors.ts';
import type { LakeStore } from '#lib/targets/lake/lake-store.ts';
import type { OpenedTarget } from '#lib/targets/target.ts';
import { createLocalStore } from './local-store.ts';
import type { FolderSettings } from './settings.ts';

export type FolderTarget = OpenedTarget<FolderSettings, null>;

/**
 * The folder of one dataset. Checked at each use: a symbolic link may have been created since the target was created.
 * @throws AppError `target-folder-refused`
 */
export async function openFolder(target: FolderTarget, ...names: readonly string[]): Promise<LakeStore> {
  const path = join(resolve(target.settings.path), ...names);
  await requireAllowed(target, path);
  return createLocalStore(path);
}

/** @throws AppError `target-folder-refused` when the folder, with links resolved, is outside of the operator's folders. */
export async function requireAllowed({ builtIn, rules }: FolderTarget, path: string): Promise<void> {
  if (builtIn) return;
  const real = await realPath(path);
  for (const root of rules.folders) if (isWithin(await realPath(resolve(root)), real)) return;
  throw new AppError({
    code: 'target-folder-refused',
    title: `${path} is outside the folders that targets may use.`,
    remedy:
      rules.folders.length === 0
        ? 'List the folders that targets may use in ENTRADA_LAKE_ROOTS, and start Entrada again.'
        : `Choose a folder in ${rules.folders.join(' or ')}, or add this folder to ENTRADA_LAKE_ROOTS and start Entrada again.`,
    fixer: 'operator',
  });
}

/** The path with links resolved as far as it exists; the rest is created later. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    return join(/*turbopackIgnore: true*/ await realPath(parent), relative(parent, path));
  }
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
}
