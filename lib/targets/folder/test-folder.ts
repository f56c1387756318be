import { randomUUID } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import type { TargetCheck, TargetTest } from '#lib/domain/target/target.ts';
import { AppError } from '#lib/platform/errors.ts';
import { type FolderTarget, openFolder } from './open-folder.ts';

/** Writes a file, reads it and deletes it. */
export async function testFolder(target: FolderTarget, signal: AbortSignal): Promise<TargetTest> {
  const name = `entrada-test-${randomUUID()}`;
  try {
    const store = await openFolder(target);
    signal.throwIfAborted();
    await store.put(name, name);
    const read = await store.get(name);
    await store.delete(name);
    if (read !== name) throw new Error('The test file has other content than Entrada wrote.');
    return { passed: true, checks: [check(null, null, `${await freeSpace(target.settings.path)} free`)] };
  } catch (error) {
    const problem = error instanceof AppError ? error.problem : null;
    const detail = problem?.title ?? (error instanceof Error ? error.message : String(error));
    return { passed: false, checks: [check(detail, problem?.remedy ?? 'Check the folder and the disk.', null)] };
  }
}

function check(failure: string | null, remedy: string | null, found: string | null): TargetCheck {
  return { name: 'write', title: 'Write, read and delete a file', passed: failure === null, detail: failure ?? found, remedy };
}

async function freeSpace(path: string): Promise<string> {
  const { bavail, bsize } = await statfs(path);
  return `${Math.floor((bavail * bsize) / 2 ** 30)} GiB`;
}
