import { randomUUID } from 'node:crypto';
import { constants, copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { syncPath } from '#lib/platform/sync-path.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { requireAllowed } from '#lib/targets/folder/open-folder.ts';
import type { FolderSettings } from '#lib/targets/folder/settings.ts';
import { toLakeError } from '#lib/targets/lake/lake-error.ts';
import type { OpenedTarget } from '#lib/targets/target.ts';
import { withWriterLock } from './writer-lock.ts';

export type DuckdbFileTarget = OpenedTarget<FolderSettings, null>;

export function databasePath({ path }: FolderSettings, schema: string): string {
  return join(resolve(path), `${schema}.duckdb`);
}

/** Path of the file of a task. @throws AppError `target-folder-refused` */
export async function openDatabaseFile(target: DuckdbFileTarget, schema: string): Promise<string> {
  const path = databasePath(target.settings, schema);
  await requireAllowed(target, path);
  return path;
}

export async function fileExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

/** Runs `work` with the name of the copy, which is attached to the DuckDB of this stage meanwhile. */
type InCopy = <T>(stage: StagedRows, work: (database: string) => Promise<T>) => Promise<T>;

/**
 * Changes the tables of a database file: `work` changes a copy, which then replaces the file atomically. Processes that have the old file open can
 * read on. Writers of one file wait for each other, since several processes load the datasets of a run.
 */
export async function changeDatabase<T>(
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
  work: (inCopy: InCopy) => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw toLakeError(error, dirname(path));
  });
  return withWriterLock(`${path}.lock`, signal, () => changeCopy({ path, signal }, work));
}

async function changeCopy<T>(
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
  work: (inCopy: InCopy) => Promise<T>,
): Promise<T> {
  const draft = `${path}.draft-${randomUUID()}`;
  try {
    const before = await identityOf(path);
    if (before !== null) await copyFile(path, draft, constants.COPYFILE_FICLONE);
    const done = await work((stage, change) => attached(stage, draft, change));
    signal.throwIfAborted();
    await syncPath(draft);
    if ((await identityOf(path)) !== before) throw new Error(`Another process changed the file ${path}.`);
    await rename(draft, path);
    await syncPath(dirname(path));
    return done;
  } catch (error) {
    throw toLakeError(error, dirname(path));
  } finally {
    for (const file of [draft, `${draft}.wal`]) await rm(file, { force: true });
  }
}

async function attached<T>(stage: StagedRows, file: string, work: (database: string) => Promise<T>): Promise<T> {
  const database = `entrada_${randomUUID().replaceAll('-', '')}`;
  await stage.run(`ATTACH ${sqlText(file)} AS ${database}`);
  try {
    const done = await work(database);
    // Writes the write-ahead log into the file.
    await stage.run(`DETACH ${database}`);
    return done;
  } catch (error) {
    await stage.run(`DETACH ${database}`).catch(() => undefined);
    throw error;
  }
}

/** Identity of the file that the name refers to now; null: none. */
async function identityOf(path: string): Promise<string | null> {
  if (!(await fileExists(path))) return null;
  const { ino, mtimeMs, size } = await stat(path);
  return `${ino} ${mtimeMs} ${size}`;
}
