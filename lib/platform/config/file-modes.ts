import { chmodSync, existsSync, statSync } from 'node:fs';

/** Access for the owner only; with GROUP_READS the owner's group may read. */
const PRIVATE_UMASK = 0o077;
const GROUP_READS_UMASK = 0o027;

/**
 * Gives only the owner access to files and folders that this process and its children create (0600, 0700), whatever its umask was; with
 * `groupReads` the owner's group may read them (0640, 0750). Windows has no such modes.
 */
export function makeFilesPrivate({ groupReads }: { readonly groupReads: boolean }): void {
  process.umask(groupReads ? GROUP_READS_UMASK : PRIVATE_UMASK);
}

/** Removes the access of others from a folder of an earlier version; with `groupReads` its group may enter. Does nothing without a folder. */
export function restrictFolderMode(path: string, { groupReads }: { readonly groupReads: boolean }): void {
  if (!existsSync(path)) return;
  const allowed = groupReads ? 0o7750 : 0o7700;
  const { mode } = statSync(path);
  if ((mode & 0o7777 & ~allowed) !== 0) chmodSync(path, mode & allowed);
}
