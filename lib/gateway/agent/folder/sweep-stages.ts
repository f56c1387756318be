import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A stage without a write for this long belongs to no run any more, milliseconds. */
const LEFT_MS = 24 * 3_600_000;

/** Deletes stages of runs that continued elsewhere. Returns how many. A stage in use is written to continuously. */
export async function sweepStages(workDir: string, now: Date): Promise<number> {
  let swept = 0;
  for (const name of await readdir(workDir)) {
    const path = join(workDir, name);
    if (now.getTime() - (await lastWritten(path)) < LEFT_MS) continue;
    await rm(path, { recursive: true, force: true });
    swept++;
  }
  return swept;
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
