import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { restrictFolderMode } from './file-modes.ts';

function temporary(): string {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-modes-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

test.each([
  [false, '700', '600'],
  [true, '750', '640'],
])('what a process makes is private whoever starts it (group reads: %s)', (groupReads, folder, file) => {
  const dir = temporary();
  const script = `import { makeFilesPrivate } from ${JSON.stringify(join(import.meta.dirname, 'file-modes.ts'))};
    import { mkdirSync, writeFileSync } from 'node:fs';
    process.umask(0); makeFilesPrivate({ groupReads: ${groupReads} }); mkdirSync('lake/users', { recursive: true }); writeFileSync('lake/users/part', '');`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: dir, encoding: 'utf8' });
  expect(`${status} ${stderr}`).toBe('0 ');
  expect([modeOf(join(dir, 'lake')), modeOf(join(dir, 'lake/users')), modeOf(join(dir, 'lake/users/part'))]).toEqual([
    folder,
    folder,
    file,
  ]);
});

test.each([
  [0o755, false, '700'],
  [0o755, true, '750'],
  [0o2775, true, '2750'],
  [0o700, true, '700'],
])('a folder of mode %o is closed (group reads: %s)', (mode, groupReads, expected) => {
  const dir = join(temporary(), 'lake');
  mkdirSync(dir);
  chmodSync(dir, mode);
  restrictFolderMode(dir, { groupReads });
  expect(modeOf(dir)).toBe(expected);
});

test('a folder that is not there is left so', () => {
  expect(() => restrictFolderMode(join(temporary(), 'none'), { groupReads: false })).not.toThrow();
});
