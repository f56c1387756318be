import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readRuntimeInfo, takeInstanceLock } from './instance-lock.ts';

function scratchFile(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-lock-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, name);
}

/** Id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

const URL = 'http://localhost:3000';

describe('the lock of a data folder', () => {
  it('refuses a second Entrada, and says which one runs', () => {
    const file = scratchFile('launcher.lock');
    takeInstanceLock(file, URL);
    expect(() => takeInstanceLock(file, 'http://localhost:4000')).toThrow(
      `already running on this data folder (process ${process.pid}, ${URL})`,
    );
  });

  it('is free again when it was released', () => {
    const file = scratchFile('launcher.lock');
    takeInstanceLock(file, URL)();
    expect(existsSync(file)).toBe(false);
    expect(() => takeInstanceLock(file, URL)).not.toThrow();
  });

  it('of a process that is gone is taken over', () => {
    const file = scratchFile('launcher.lock');
    writeFileSync(file, JSON.stringify({ pid: deadPid(), url: URL }));
    expect(() => takeInstanceLock(file, URL)).not.toThrow();
  });

  it('that was cut off while it was written is taken over', () => {
    const file = scratchFile('launcher.lock');
    writeFileSync(file, '{"pid":');
    expect(() => takeInstanceLock(file, URL)).not.toThrow();
  });

  it('can be read by its owner only', () => {
    const file = scratchFile('launcher.lock');
    takeInstanceLock(file, URL);
    expect(statSync(file).mode & 0o077).toBe(0);
  });
});

describe('the runtime file', () => {
  it('is believed only while its process lives', () => {
    const file = scratchFile('runtime.json');
    expect(() => readRuntimeInfo(file)).toThrow('Entrada is not running on this data folder');
    writeFileSync(file, JSON.stringify({ pid: deadPid(), url: URL }));
    expect(() => readRuntimeInfo(file)).toThrow('Entrada is not running on this data folder');
    writeFileSync(file, JSON.stringify({ pid: process.pid, url: URL }));
    expect(readRuntimeInfo(file)).toMatchObject({ url: URL });
  });
});
