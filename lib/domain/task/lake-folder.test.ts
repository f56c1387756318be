import { expect, test } from 'vitest';
import { copyOfFolder, datasetFolder, exampleFolder, LakeFolder, resolveFolder } from './lake-folder.ts';
import { LakeCompareSettings, LakeSettings } from './task.ts';

const NAMES = { connection: 'Contoso Ltd.', task: 'Nightly: users & groups' };

test.each([
  ['', '', 'users'],
  ['hr', 'hr', 'hr/users'],
  ['{connection}/{task}', 'contoso_ltd/nightly_users_groups', 'contoso_ltd/nightly_users_groups/users'],
  ['hr/{dataset}', 'hr', 'hr/users'],
  ['{dataset}', '', 'users'],
  ['{dataset}/{date}', '{dataset}/{date}', 'users'],
  ['raw/{dataset}/entra', 'raw/{dataset}/entra', 'raw/users/entra'],
  ['{task}-{dataset}/in/{date}', 'nightly_users_groups-{dataset}/in/{date}', 'nightly_users_groups-users/in'],
])('the folder %j is %j, and that of a dataset %s', (folder, resolved, dataset) => {
  expect(LakeFolder.parse(folder)).toBe(folder);
  expect(resolveFolder(folder, NAMES)).toBe(resolved);
  expect(LakeFolder.parse(resolved)).toBe(resolved);
  expect(datasetFolder(resolved, 'users')).toBe(dataset);
});

test.each([
  ['{date}/{dataset}', 'at the end, after {dataset}'],
  ['hr/{date}', 'after {dataset}'],
  ['hr/{dataset}-{date}', 'at the end'],
  ['{tenant}/x', '{tenant} is not known. Use {connection}, {task}, {dataset}, {date}.'],
  ['{task}/{task}', 'Use {task} only once.'],
  ['../etc', 'may not start with a dot'],
  ['a/b/c/d/e/f', 'up to four /'],
  ['hr/{dataset', 'letters, digits'],
  ['v=1', 'letters, digits'],
])('the folder %j is refused in words', (folder, words) => {
  expect(LakeFolder.safeParse(folder).error?.issues[0]?.message).toContain(words);
});

test('names become parts that every store takes, and different names stay different', () => {
  const names = [
    'Contoso',
    'CON/../TOSO',
    'Données',
    'データ',
    'データ 2',
    '🌿',
    '$&',
    'a'.repeat(120),
    `${'a'.repeat(119)}b`,
    ' ',
    '-',
  ];
  const parts = names.map((connection) => resolveFolder('{connection}', { connection, task: '' }));
  expect(parts.slice(0, 3)).toEqual(['contoso', 'con_toso', 'donnees']);
  for (const part of parts) expect(part).toMatch(/^[a-z0-9][a-z0-9_]{0,59}$/);
  expect(new Set(parts).size).toBe(names.length);
});

test('a table has no days: its settings refuse {date}, those of files take it', () => {
  const folder = '{dataset}/{date}';
  expect(LakeSettings.parse({ folder })).toMatchObject({ folder });
  expect(LakeSettings.parse({})).toMatchObject({ folder: '{connection}/{task}' });
  for (const refused of [LakeSettings.safeParse({ folder, tables: 'delta' }), LakeCompareSettings.safeParse({ folder })])
    expect(refused.error?.issues).toMatchObject([{ path: ['folder'], message: expect.stringContaining('Remove {date}') }]);
});

test('an example shows the version of a run', () => {
  const at = { dataset: 'users', now: new Date('2026-11-28T17:00:00.5Z') };
  expect(exampleFolder('hr', NAMES, at)).toBe('hr/users/v=20261128T170000Z-run_…');
  expect(exampleFolder('{dataset}/{date}', NAMES, at)).toBe('users/2026-11-28/v=20261128T170000Z-run_…');
});

test.each([
  ['', ['copy', 'copy_2']],
  ['hr/raw', ['hr_copy/raw', 'hr_copy_2/raw']],
  ['{dataset}/{date}', ['copy/{dataset}/{date}', 'copy_2/{dataset}/{date}']],
  ['{connection}/{task}', ['{connection}/{task}', 'copy_2/{connection}/{task}']],
])('copies of a task in %j go to %j', (folder, copies) => {
  expect([1, 2].map((number) => LakeFolder.parse(copyOfFolder(folder, number)))).toEqual(copies);
});
