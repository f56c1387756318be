import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { constants, copyFile, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { syncPath } from '#lib/platform/sync-path.ts';
import { toLakeError } from '#lib/targets/lake/lake-error.ts';
import type { LakeStore, Uploaded } from '#lib/targets/lake/lake-store.ts';

/** Marks the name of a file that is being written; such files are not objects. */
const DRAFT = '.draft-';

/** A folder of the local disk; subfolders are created and deleted with the objects. */
export function createLocalStore(folder: string): LakeStore {
  const path = (name: string): string => join(folder, name);
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw toLakeError(error, folder);
    }
  };
  return {
    location: folder,
    uri: pathToFileURL(folder).href.replace(/\/$/, ''),
    put: (name, content) => guard(() => write(path(name), content, rename)),
    putIfAbsent: (name, content) =>
      guard(async () => {
        try {
          await write(path(name), content, linkOrCopy);
          return true;
        } catch (error) {
          if (codeOf(error) !== 'EEXIST') throw error;
          return false;
        }
      }),
    upload: (file, name) => guard(() => upload(file, path(name))),
    get: (name) => guard(async () => (await readFile(path(name), 'utf8').catch(ignoreMissing)) ?? null),
    download: async (name) => path(name),
    list: (prefix) => guard(() => list(folder, prefix)),
    delete: (name) => guard(() => remove(folder, path(name))),
  };
}

/** Writes a draft beside the target first, so that readers never see a part. @param place moves the draft to its name. */
async function write(target: string, content: string, place: (draft: string, target: string) => Promise<void>): Promise<void> {
  const draft = `${target}${DRAFT}${randomUUID()}`;
  await mkdir(dirname(target), { recursive: true });
  try {
    await writeFile(draft, content);
    await syncPath(draft);
    await place(draft, target);
    await syncPath(dirname(target));
  } finally {
    await rm(draft, { force: true });
  }
}

/** A hard link copies no data, but needs the same disk and a file system that supports it. @throws EEXIST */
async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

async function upload(file: string, target: string): Promise<Uploaded> {
  const draft = `${target}${DRAFT}${randomUUID()}`;
  await mkdir(dirname(target), { recursive: true });
  try {
    await linkOrCopy(file, draft);
    const digest = createHash('sha256');
    let bytes = 0;
    for await (const chunk of createReadStream(draft, { highWaterMark: 1 << 20 })) {
      digest.update(chunk as Buffer);
      bytes += (chunk as Buffer).byteLength;
    }
    await syncPath(draft);
    await rename(draft, target);
    await syncPath(dirname(target));
    return { bytes, sha256: digest.digest('hex') };
  } finally {
    await rm(draft, { force: true });
  }
}

async function list(folder: string, prefix: string): Promise<readonly string[]> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true }).catch(ignoreMissing)) ?? [];
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.includes(DRAFT))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => name.startsWith(prefix))
    .sort();
}

/** Also deletes the folders that become empty, up to the folder of the store. */
async function remove(folder: string, path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  for (let parent = dirname(path); parent.startsWith(`${folder}${sep}`); parent = dirname(parent)) {
    const left = await readdir(parent).catch(ignoreMissing);
    if (left === undefined || left.length > 0) return;
    await rm(parent, { recursive: true, force: true });
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  throw error;
}
