import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDataDir } from './data-dir.ts';

function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'entrada-data-dir-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('keys are made once, only for their owner to read, and kept', () => {
  const path = join(temporaryFolder(), 'data');
  const first = openDataDir(path);
  const key = readFileSync(first.secretKeyFile, 'utf8');
  const second = openDataDir(path);
  expect(readFileSync(second.secretKeyFile, 'utf8')).toBe(key);
  expect(second.authSecret).toBe(first.authSecret);
  expect(key).toMatch(/^k1:[A-Za-z0-9+/]{43}=\n$/);
  expect(statSync(join(path, 'secret.key')).mode & 0o077).toBe(0);
});

test('a data folder that is a file is refused by name', () => {
  const file = join(temporaryFolder(), 'data');
  writeFileSync(file, '');
  expect(() => openDataDir(file)).toThrow(/is a file. Set ENTRADA_DATA_DIR/);
});

test('a data folder below a file is refused', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  expect(() => openDataDir(join(file, 'data'))).toThrow(/ENTRADA_DATA_DIR/);
});

test('a data folder of a newer format is refused and left as it is', () => {
  const path = temporaryFolder();
  const file = join(path, 'version.json');
  writeFileSync(file, '{"format": 99}');
  expect(() => openDataDir(path)).toThrow(/newer version of Entrada created the data folder \(format 99/);
  expect(readFileSync(file, 'utf8')).toBe('{"format": 99}');
});

test('a folder of something else is refused', () => {
  const path = temporaryFolder();
  mkdirSync(join(path, 'src'));
  writeFileSync(join(path, 'version.json'), '"1.2.3"');
  expect(() => openDataDir(path)).toThrow(/does not have the content that Entrada writes/);
});
