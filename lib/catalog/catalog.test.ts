import { expect, test } from 'vitest';
import { DatasetDefinition } from '#lib/domain/dataset.ts';
import { buildDatasets } from './build-datasets.ts';
import { CATALOG } from './catalog.ts';
import { flattenType } from './csdl-model.ts';
import { advisePermissions, reviewPermissions } from './permissions.ts';
import { graphModel as model } from './testing/graph-csdl.ts';

const datasets = buildDatasets(model);

test('every entry of the catalogue is a dataset of the real document', () => {
  expect(datasets.map((dataset) => dataset.name)).toEqual(CATALOG.map((entry) => entry.name));
});

test.each(datasets.map((dataset) => [dataset.name, dataset] as const))(
  '%s is a valid definition with a key and distinct columns',
  (_, dataset) => {
    DatasetDefinition.parse(dataset);
    expect(dataset.columns.filter((column) => column.key).every((column) => column.selected)).toBe(true);
    expect(dataset.columns.some((column) => column.key)).toBe(true);
    expect(new Set(dataset.columns.map((column) => column.name.toLowerCase())).size).toBe(dataset.columns.length);
  },
);

test.each(CATALOG.map((entry) => [entry.name, entry] as const))('%s names only properties that $metadata has', (_, entry) => {
  const known = new Set(flattenType(model, entry.entityType)?.properties.map((property) => property.name));
  const named = [...entry.select, ...(entry.defaults ?? []), ...Object.keys(entry.notes ?? {})];
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('what a list of users refuses is never offered', () => {
  const users = datasets.find((dataset) => dataset.name === 'users');
  expect(users?.columns.map((column) => column.name)).not.toContain('aboutMe');
  expect(users?.columns.find((column) => column.name === 'signInActivity')?.selected).toBe(false);
});

test('advice names the least permission of each dataset once', () => {
  expect(advisePermissions(['users', 'groups'], 'delegated')).toEqual([
    { name: 'Group.Read.All', adminConsent: true, datasets: ['groups'] },
    { name: 'User.Read', adminConsent: false, datasets: [] },
    { name: 'User.Read.All', adminConsent: true, datasets: ['users'] },
  ]);
});

test('advice for app-only sign-in needs no User.Read, and an administrator for all', () => {
  expect(advisePermissions(['users'], 'app-only')).toEqual([{ name: 'User.Read.All', adminConsent: true, datasets: ['users'] }]);
});

test('a review tells wanted from granted: what is missing, covered by a wider permission, or not needed', () => {
  const review = reviewPermissions({
    datasetNames: ['users', 'groups', 'sign_ins'],
    granted: ['User.Read', 'Group.Read.All', 'Directory.Read.All', 'Mail.Read'],
    signIn: 'delegated',
  });
  expect(review.map(({ name, state, coveredBy }) => [name, state, coveredBy])).toEqual([
    ['AuditLog.Read.All', 'missing', null],
    ['Directory.Read.All', 'granted', null],
    ['Group.Read.All', 'granted', null],
    ['User.Read', 'granted', null],
    ['User.Read.All', 'covered', 'Directory.Read.All'],
    ['Mail.Read', 'not-needed', null],
  ]);
});
