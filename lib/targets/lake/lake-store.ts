import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '#lib/platform/errors.ts';

/** One folder of a lake: what a dataset's versions need. The local disk now; object stores have the same few operations. */
export interface LakeStore {
  /** Where it is, to show. */
  readonly location: string;
  /** Absolute path that DuckDB can read and write. */
  path(...names: string[]): string;
  makeFolder(name: string): Promise<void>;
  list(): Promise<string[]>;
  read(name: string): Promise<string | null>;
  /** Durable when it resolves; readers see the old content or the new one. */
  write(name: string, content: string): Promise<void>;
  /** Puts a finished file of the local disk under `name`; it stays where it was, too, and isn't changed any more. */
  adopt(file: string, name: string): Promise<void>;
  /** Makes a file that was written by path durable; answers its size and digest. */
  seal(name: string): Promise<{ readonly bytes: number; readonly sha256: string }>;
  remove(name: string): Promise<void>;
}

/** A folder of the local disk. Errors are AppErrors that name it. */
export function createLocalStore(folder: string): LakeStore {
  const path = (...names: string[]): string => join(folder, ...names);
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw toLakeError(error, folder);
    }
  };
  return {
    location: folder,
    path,
    makeFolder: (name) => guard(async () => void (await mkdir(path(name), { recursive: true }))),
    list: () => guard(async () => (await readdir(folder).catch(ignoreMissing)) ?? []),
    read: (name) => guard(async () => (await readFile(path(name), 'utf8').catch(ignoreMissing)) ?? null),
    write: (name, content) =>
      guard(async () => {
        const draft = path(`${name}.draft`);
        await writeFile(draft, content);
        await sync(draft);
        await rename(draft, path(name));
        await sync(dirname(path(name)));
      }),
    adopt: (file, name) =>
      guard(async () => {
        // A second name costs nothing, but only one disk can give it, and not every file system does.
        await link(file, path(name)).catch(() => copyFile(file, path(name)));
      }),
    seal: (name) =>
      guard(async () => {
        const digest = createHash('sha256');
        for await (const chunk of createReadStream(path(name))) digest.update(chunk as Buffer);
        await sync(path(name));
        return { bytes: (await stat(path(name))).size, sha256: digest.digest('hex') };
      }),
    remove: (name) => guard(() => rm(path(name), { recursive: true, force: true })),
  };
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What the disk said, in words; anything else stays what it is. */
export function toLakeError(error: unknown, folder: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const text = `${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}`;
  if (/ENOSPC|EDQUOT|No space left/i.test(text)) {
    return lakeProblem(
      'lake-disk-full',
      `The disk that holds ${folder} is full.`,
      'Make room on it and run the task again. Nothing was published.',
      error,
    );
  }
  if (/EACCES|EPERM|EROFS|Permission denied|Read-only/i.test(text)) {
    return lakeProblem(
      'lake-forbidden',
      `${folder} can't be written.`,
      'Give the account that Entrada runs as the right to write there. Nothing was published.',
      error,
    );
  }
  if (/ENOTDIR|EEXIST|Not a directory/i.test(text)) {
    return lakeProblem(
      'lake-not-a-folder',
      `${folder} is not a folder.`,
      'Choose another folder in the task. Nothing was published.',
      error,
    );
  }
  return error;
}

function lakeProblem(code: string, title: string, remedy: string, cause: Error): AppError {
  return new AppError({ code, title, remedy, fixer: 'operator' }, { cause });
}
