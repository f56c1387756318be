import { chmodSync, existsSync, statSync } from 'node:fs';

/** Nobody but the owner, or the owner's group to read as well. */
const PRIVATE_UMASK = 0o077;
const GROUP_READS_UMASK = 0o027;

/**
 * Files and folders that this process and its children make are the owner's alone (0600, 0700), whatever umask it was started with; with
 * `groupReads` the owner's group may read them (0640, 0750). Windows has no such modes.
 */
export function makeFilesPrivate({ groupReads }: { readonly groupReads: boolean }): void {
  process.umask(groupReads ? GROUP_READS_UMASK : PRIVATE_UMASK);
}

/** Closes a folder that an earlier version left open to others; with `groupReads` its group may enter. Nothing where there is none. */
export function restrictFolderMode(path: string, { groupReads }: { readonly groupReads: boolean }): void {
  if (!existsSync(path)) return;
  const allowed = groupReads ? 0o7750 : 0o7700;
  const { mode } = statSync(path);
  if ((mode & 0o7777 & ~allowed) !== 0) chmodSync(path, mode & allowed);
}
