import { readdirSync, renameSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A stage without a write for this long belongs to no run any more, milliseconds. For servers that do not say which runs have ended. */
const LEFT_MS = 24 * 3_600_000;
const STAGE = /^dsrun_/;
/** Begins the name of a stage that is being deleted. */
const DELETED = 'deleted-';
/** As many as a status message may name. */
const NAMED_MAX = 1000;

/** The stages in the data folder. */
export interface Stages {
  /** Dataset runs that have a stage, and that this process is not working on. */
  idle(): readonly string[];
  /** Deletes the stages of dataset runs that will not use them. Keeps those that this process has started to work on. */
  remove(datasetRunIds: readonly string[]): Promise<void>;
  /** Deletes stages without a write for a day, and what an earlier process had begun to delete. */
  sweep(now: Date): Promise<void>;
}

export function openStages(workDir: string, isRunning: (datasetRunId: string) => boolean): Stages {
  const idle = (): readonly string[] => readdirSync(workDir).filter((name) => STAGE.test(name) && !isRunning(name));
  return {
    idle: () => idle().slice(0, NAMED_MAX),
    async remove(datasetRunIds) {
      const over = new Set(datasetRunIds);
      // Renamed first: a dataset run that starts meanwhile finds a whole stage or none.
      const deleted = idle()
        .filter((name) => over.has(name))
        .map((name) => [join(workDir, name), join(workDir, DELETED + name)] as const);
      for (const [from, to] of deleted) renameSync(from, to);
      for (const [, path] of deleted) await rm(path, { recursive: true, force: true });
    },
    async sweep(now) {
      for (const name of await readdir(workDir)) {
        const path = join(workDir, name);
        const isLeft = name.startsWith(DELETED) || now.getTime() - (await lastWritten(path)) >= LEFT_MS;
        if (isLeft && !isRunning(name)) await rm(path, { recursive: true, force: true });
      }
    },
  };
}

/** Time of the last write to a file of the folder, milliseconds. */
async function lastWritten(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = [path, ...entries.map((entry) => join(entry.parentPath, entry.name))];
  const times = await Promise.all(
    files.map((file) =>
      stat(file)
        .then(({ mtimeMs }) => mtimeMs)
        .catch(() => 0),
    ),
  );
  return Math.max(...times);
}
