import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { openGatewayFolder } from './gateway-folder.ts';

function place(): string {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-folder-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'gateway');
}

it('a folder is made for its owner alone, and so are its files', () => {
  const folder = openGatewayFolder(place());
  folder.write('some.json', { a: 1 });
  expect(folder.read('some.json', z.object({ a: z.number() }))).toEqual({ a: 1 });
  expect(statSync(folder.path).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder.path, 'some.json')).mode & 0o777).toBe(0o600);
});

it('what a killed process had half written is removed; what is whole stays', () => {
  const folder = openGatewayFolder(place());
  folder.write('some.json', {});
  for (const draft of ['some.json.4711.new', 'gateway.lock.4711']) writeFileSync(join(folder.path, draft), '{"');
  folder.removeDrafts();
  expect(readdirSync(folder.path).sort()).toEqual(['some.json', 'work']);
});

it('a file that something else wrote is refused by name, and a file in place of the folder too', () => {
  const path = place();
  const folder = openGatewayFolder(path);
  writeFileSync(join(path, 'some.json'), 'no JSON');
  expect(() => folder.read('some.json', z.object({}))).toThrow(/gateway-folder-unusable: .*some\.json/);
  expect(() => openGatewayFolder(join(path, 'some.json'))).toThrow(/gateway-folder-unusable/);
});
