import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '#lib/platform/is-alive.ts';

const WAIT_MS = 50;

/**
 * Runs `work` while holding a lock across all processes of this machine: a file with the id of the
 * process that holds it. The lock of a dead process is replaced.
 */
export async function withWriterLock<T>(lock: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  while (!(await tryLock(lock))) await sleep(WAIT_MS, undefined, { signal });
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function tryLock(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (holder > 0 && !isAlive(holder)) await takeAway(lock);
    return false;
  }
}

/** Of several processes that find the lock of a dead one, one removes it. */
async function takeAway(lock: string): Promise<void> {
  const dead = `${lock}-${randomUUID()}`;
  await rename(lock, dead).catch(() => undefined);
  await rm(dead, { force: true });
}
