import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { type FakeSourceOptions, fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { NO_RULES, reloadInto } from '#lib/targets/testing/reload-into.ts';
import { duckdbFile } from './index.ts';

const USERS = fakeDataset({ id: 'string', name: 'string' }, { name: 'users' });
const GROUPS = fakeDataset({ id: 'string' }, { name: 'groups' });

function createTarget(more: Partial<LandingSettings> = {}) {
  const root = temporaryFolder();
  const access: TargetAccess = { kind: 'duckdb-file', settings: { path: root }, secrets: null, builtIn: true };
  const settings = LandingSettings.parse({ schema: 'hr', ...more });
  const task = { method: 'full-load', targetId: 'targ_1', settings } as const;
  const load = (runId: string, rows: readonly object[], dataset = USERS, source: Partial<FakeSourceOptions> = {}) =>
    reloadInto({ access, task, dataset, runId, source: { pages: [rows as Record<string, unknown>[]], ...source } });
  return { root, access, task, load, file: join(root, 'hr.duckdb') };
}

async function query(file: string, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows as unknown[][];
}

test('all tables of a task are in one file, also those that are loaded at once, and nothing else is left', async () => {
  const { root, load, file } = createTarget();
  await Promise.all([load('run_1', [{ id: 'a', name: 'Ada' }]), load('run_1', [{ id: 'g' }], GROUPS)]);
  expect(await query(file, 'SELECT id, name FROM users')).toEqual([['a', 'Ada']]);
  expect(await query(file, 'SELECT id FROM groups')).toEqual([['g']]);
  expect(readdirSync(root)).toEqual(['hr.duckdb']);
});

test('who has the file open reads on in what it opened', async () => {
  const { load, file } = createTarget();
  await load('run_1', [{ id: 'a', name: 'old' }]);
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  await load('run_2', [{ id: 'a', name: 'new' }]);
  expect((await connection.runAndReadAll('SELECT name FROM users')).getRowsJson()).toEqual([['old']]);
  connection.closeSync();
  instance.closeSync();
  expect(await query(file, 'SELECT name FROM users')).toEqual([['new']]);
});

test('appended rows are beside those of before', async () => {
  const { load, file } = createTarget({ whenTableExists: 'append' });
  for (const runId of ['run_1', 'run_2', 'run_2']) await load(runId, [{ id: 'a', name: runId }]);
  expect(await query(file, 'SELECT name, hdr__run_id FROM users ORDER BY 1')).toEqual([
    ['run_1', 'run_1'],
    ['run_2', 'run_2'],
  ]);
});

test('a folder that targets may not use is refused, when it is tested and when it is loaded', async () => {
  const { access, task, root } = createTarget();
  const theirs = { ...access, builtIn: false };
  expect(await duckdbFile.test(theirs, NO_RULES, new AbortController().signal)).toMatchObject({ passed: false });
  const report = await reloadInto({ access: theirs, task, dataset: GROUPS, runId: 'run_1', source: { pages: [[{ id: 'a' }]] } });
  expect(report).toMatchObject({ state: 'failed', problem: { code: 'target-folder-refused' } });
  expect(readdirSync(root)).toEqual([]);
});
