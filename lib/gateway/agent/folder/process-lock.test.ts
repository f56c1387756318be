import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lockHolder, takeProcessLock } from './process-lock.ts';

function lockFile(): string {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-lock-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'gateway.lock');
}

it('a second process on the same folder is refused, and named is the one that runs', () => {
  const file = lockFile();
  const release = takeProcessLock(file);
  expect(() => takeProcessLock(file)).toThrow(
    expect.objectContaining({ problem: expect.objectContaining({ title: expect.stringContaining(String(process.pid)) }) }),
  );
  expect(lockHolder(file)?.pid).toBe(process.pid);
  release();
  expect(existsSync(file)).toBe(false);
  takeProcessLock(file)();
});

it('the lock of a killed process is taken over', () => {
  const file = lockFile();
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(file, JSON.stringify({ pid, started: 'boot 1' }));
  expect(lockHolder(file)).toBeNull();
  takeProcessLock(file);
  expect(lockHolder(file)?.pid).toBe(process.pid);
});

it.runIf(process.platform === 'linux')('a process that only has the same id as the one before holds nothing', () => {
  const file = lockFile();
  takeProcessLock(file);
  const before = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...before, started: 'an earlier boot 42' }));
  expect(lockHolder(file)).toBeNull();
  takeProcessLock(file);
});

it('a file that is no lock is taken over', () => {
  const file = lockFile();
  writeFileSync(file, '');
  takeProcessLock(file);
  expect(lockHolder(file)?.pid).toBe(process.pid);
});
