import { expect, onTestFinished, test } from 'vitest';
import type { Column, ColumnType } from '#lib/domain/dataset/dataset.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import type { Page } from '#lib/reload/engine/ports.ts';
import { rowValues } from '#lib/reload/parse/row-values.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { Stage } from './stage.ts';

type Row = Readonly<Record<string, unknown>>;

/** Stages the rows with columns by source path; names are the paths. Answers the staged rows. */
async function stageRows(columns: Readonly<Record<string, ColumnType>>, rows: readonly Row[] | string) {
  const { columns: definition } = fakeDataset(columns, { key: [] });
  const named = definition.map((column): Column => ({ ...column, name: column.sourcePath }));
  const stage = await Stage.open({ dir: temporaryFolder(), columns: named, signature: 'test' });
  onTestFinished(() => stage.remove());
  const text = typeof rows === 'string' ? rows : JSON.stringify({ '@odata.context': 'x', value: rows });
  const page: Page = { body: Buffer.from(text), cursor: null, requests: 1, throttledMs: 0 };
  await stage.writer.append([page]);
  const names = named.map((column) => `"${column.name}"`).join(', ');
  return stage.staged.query(`SELECT ${names} FROM staged`);
}

const LICENCES = { id: 'string', 'assignedLicenses[].skuId': 'guid', 'assignedLicenses[].disabledPlans': 'json' } as const;

test('items of a collection are rows with the key of their object; objects without items have none', async () => {
  const rows = await stageRows({ ...LICENCES, 'assignedLicenses[].@position': 'int32' }, [
    {
      id: '1',
      assignedLicenses: [
        { skuId: 'a', disabledPlans: ['p', 'q'] },
        { skuId: 'b', disabledPlans: [] },
      ],
    },
    { id: '2', assignedLicenses: [] },
    { id: '3', assignedLicenses: null },
    { id: '4' },
    { id: '5', assignedLicenses: [{ skuId: 'c' }] },
  ]);
  expect(rows).toEqual([
    ['1', 'a', '["p","q"]', 1],
    ['1', 'b', '[]', 2],
    ['5', 'c', null, 1],
  ]);
});

test('items that are values, within a complex property, and of one kind among others are read', async () => {
  expect(
    await stageRows({ id: 'string', 'web.redirectUris[]': 'string' }, [
      { id: '1', web: { redirectUris: ['https://a', 'https://"b"'], homePageUrl: 'x' } },
      { id: '2', web: null },
    ]),
  ).toEqual([
    ['1', 'https://a'],
    ['1', 'https://"b"'],
  ]);
  expect(
    await stageRows({ '@parent.id': 'string', 'reviewers[].@odata.type': 'string', 'reviewers[].query': 'string' }, [
      { '@parent.id': 'p', reviewers: [{ '@odata.type': '#microsoft.graph.accessReviewReviewerScope', query: '/me' }, null] },
    ]),
  ).toEqual([
    ['p', '#microsoft.graph.accessReviewReviewerScope', '/me'],
    ['p', null, null],
  ]);
});

test('an item is known by its content: neither order nor repetition matters, and equal items stay apart', async () => {
  const columns = { id: 'string', 'phones[].type': 'string', 'phones[].number': 'string', 'phones[].@item': 'string' } as const;
  const home = { type: 'home', number: '1' };
  const work = { type: 'work', number: null };
  const [first = [], second = [], third = []] = await stageRows(columns, [{ id: '1', phones: [home, work, home] }]);
  const turned = await stageRows(columns, [{ id: '1', phones: [home, home, work] }]);
  expect(third[3]).toBe(`${String(first[3])}#2`);
  expect(turned.map((row) => row[3]).sort()).toEqual([first, second, third].map((row) => row[3]).sort());
  // Null is not the empty text.
  const [empty = []] = await stageRows(columns, [{ id: '1', phones: [{ type: 'work', number: '' }] }]);
  expect(empty[3]).not.toBe(second[3]);
});

test('a value of the wrong type within an item is a fault, never null', async () => {
  await expect(stageRows({ 'items[].n': 'int32' }, [{ items: [{ n: 'x' }] }])).rejects.toMatchObject({
    problem: { code: 'value-of-other-type' },
  });
});

test('what no column holds is kept as JSON, annotations aside', async () => {
  const rows = await stageRows({ id: 'string', 'location.city': 'string', '@extra': 'json' }, [
    {
      '@odata.type': '#t',
      id: '1',
      location: { city: 'Bern', zip: 1 },
      'a/b~"c': { x: [1, null] },
      'y@odata.type': '#z',
      nothing: null,
    },
    { id: '2', location: null },
  ]);
  expect(rows.map(([id, city, extra]) => [id, city, extra === null ? null : JSON.parse(String(extra))])).toEqual([
    ['1', 'Bern', { 'a/b~"c': { x: [1, null] }, nothing: null }],
    ['2', null, null],
  ]);
});

test('whole numbers among the extra properties keep every digit', async () => {
  const page = '{"value":[{"id":"1","big":12345678901234567890,"real":0.1}]}';
  expect(await stageRows({ id: 'string', '@extra': 'json' }, page)).toEqual([['1', '{"big":12345678901234567890,"real":0.1}']]);
});

test('a property whose name differs in case alone is its column, read with and without the rest', async () => {
  const device = { id: '1', Manufacturer: 'Contoso', Model: 'X', deviceMetadata: null };
  expect(await stageRows({ id: 'string', manufacturer: 'string', model: 'string' }, [device])).toEqual([['1', 'Contoso', 'X']]);
  expect(
    await stageRows({ id: 'string', manufacturer: 'string', '@extra': 'json' }, [device, { id: '2', manufacturer: 'Fabrikam' }]),
  ).toEqual([
    ['1', 'Contoso', '{"Model":"X","deviceMetadata":null}'],
    ['2', 'Fabrikam', null],
  ]);
  expect(await stageRows({ id: 'string', 'phones[].type': 'string' }, [{ id: '1', Phones: [{ type: 'home' }] }])).toEqual([
    ['1', 'home'],
  ]);
});

test.each<[Readonly<Record<string, ColumnType>>, Row]>([
  [
    { id: 'string', 'a.b': 'json', 'x@odata.type': 'string' },
    { id: '1', a: { b: [1] }, 'x@odata.type': '#t' },
  ],
  [
    { id: 'string', '@extra': 'json' },
    { id: '1', Other: { x: 1 }, 'y@odata.type': 'z' },
  ],
  [
    { id: 'string', 'l[].n': 'string', 'l[].@extra(m)': 'json' },
    { id: '1', l: [{ n: 'a', M: 1, o: { p: 1 } }, null, { N: 'b' }] },
  ],
  [
    { id: 'string', 'm.id': 'string', 'm.@extra': 'json', '@extra': 'json' },
    { id: '1', M: { ID: '2', o: 'x' }, n: 1 },
  ],
  [
    { id: 'string', '@extra(other)': 'json' },
    { ID: '1', other: 2 },
  ],
  [
    { id: 'string', 'p.l[]': 'string', 'p.l[].@position': 'int32' },
    { id: '1', p: { l: ['a', 'b'] } },
  ],
  [
    { id: 'string', 'l[].n': 'string', 'l[].@odata.type': 'string' },
    { id: '1', l: [{ n: 'a', '@odata.type': '#t' }, null] },
  ],
  [
    { id: 'string', 'l[].n': 'string' },
    { id: '1', l: null },
  ],
])('a row looked at has the values that a reload stages: %j', async (columns, row) => {
  const staged = await stageRows(columns, [row]);
  const looked = rowValues(row, fakeDataset(columns, { key: [] }).columns);
  expect(
    looked.map((values) => values.map((value) => (value !== null && typeof value === 'object' ? JSON.stringify(value) : value))),
  ).toEqual(staged);
});

test('what no column holds of an item, and of an object that is read along, is kept as JSON', async () => {
  const plans = { id: 'string', 'servicePlans[].servicePlanId': 'string', 'servicePlans[].@extra': 'json' } as const;
  expect(
    await stageRows(plans, [
      { id: '1', servicePlans: [{ servicePlanId: 'a', newer: 'x', 'y@odata.type': '#z' }, { ServicePlanId: 'b' }, null] },
      { id: '2', servicePlans: [{ servicePlanId: 'c', 'a.b/"': { n: 12345678901234567890n.toString() } }], other: 1 },
    ]),
  ).toEqual([
    ['1', 'a', '{"newer":"x"}'],
    ['1', 'b', null],
    ['1', null, null],
    ['2', 'c', '{"a.b/\\"":{"n":"12345678901234567890"}}'],
  ]);
  expect(
    await stageRows({ id: 'string', 'manager.id': 'string', 'manager.@extra(mail)': 'json', '@extra': 'json' }, [
      { id: '1', manager: { ID: 'm', mail: 'x', newer: [1] }, unknown: true },
      { id: '2', manager: null },
      { id: '3' },
    ]),
  ).toEqual([
    ['1', 'm', '{"newer":[1]}', '{"unknown":true}'],
    ['2', null, null, null],
    ['3', null, null, null],
  ]);
});

test('an item without extra properties is known by the same content as before there was a column for them', async () => {
  const columns = { id: 'string', 'l[].n': 'int32', 'l[].s': 'string', 'l[].@item': 'string' } as const;
  const rows = [{ id: '1', l: [{ n: 1, s: 'é"' }, { n: null }, null, { n: 1, s: 'é"' }] }];
  const before = await stageRows(columns, rows);
  const after = await stageRows({ ...columns, 'l[].@extra': 'json' }, rows);
  expect(after.map((row) => row.slice(0, 4))).toEqual(before);
  const [one = [], two = []] = await stageRows({ ...columns, 'l[].@extra': 'json' }, [
    {
      id: '1',
      l: [
        { n: 1, x: 1 },
        { n: 1, x: 2 },
      ],
    },
  ]);
  expect(one[3]).not.toBe(String(two[3]).replace(/#.*/, ''));
});

test('columns that a person took out are no extra properties', () => {
  const dataset = fakeDataset({ id: 'string', name: 'string', 'location.city': 'string', '@extra': 'json' });
  const columns = dataset.columns.map((column) => ({
    ...column,
    selected: column.name !== 'name' && column.name !== 'location_city',
  }));
  const target = { targetId: 'targ_1', method: 'reload-and-compare', settings: LandingSettings.parse({ schema: 's' }) } as const;
  const [plan] = planReload([{ ...dataset, columns }], target).datasets;
  expect(plan?.columns.map((column) => column.sourcePath)).toEqual(['id', '@extra(name,location)']);
});

test('a collection that is a child table is not read as a column too', () => {
  const dataset = fakeDataset({ id: 'string', licences: 'json', names: 'json' });
  const columns = dataset.columns.map((column) => ({
    ...column,
    nested: column.name === 'licences' ? ('child' as const) : column.nested,
  }));
  const target = { targetId: 'targ_1', method: 'reload-and-compare', settings: LandingSettings.parse({ schema: 's' }) } as const;
  const [plan] = planReload([{ ...dataset, columns }], target).datasets;
  expect(plan?.columns.map((column) => column.name)).toEqual(['id', 'names']);
});
