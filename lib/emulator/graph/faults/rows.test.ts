import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { EXTENSION } from '../../tenant/company.ts';
import { createGraphRig } from '../testing/graph-rig.ts';
import { SECOND_EXTENSION_NAME } from './rows.ts';

const rig = createGraphRig(60);
afterEach(() => rig.faults.set(null));
afterAll(rig.close);

const EVENTUAL = { headers: { consistencylevel: 'eventual' } };
const rowsOf = async (path: string) => (await rig.call(path)).json.value;

test('every nth row is missing from the list; the count and its own address know it', async () => {
  const whole = await rowsOf('/groups?$select=id&$top=999');
  rig.faults.set({ missingRows: [{ path: '^groups$', everyNth: 3 }] });
  const { json } = await rig.call('/groups?$select=id&$top=999&$count=true', EVENTUAL);
  const missing = whole.filter(({ id }) => !json.value.some((row) => row.id === id));
  expect(missing).toHaveLength(Math.floor(whole.length / 3));
  expect(json['@odata.count']).toBe(whole.length);
  expect((await rig.call(`/groups/${missing[0]?.id}`)).status).toBe(200);
});

test('a list is empty the first time, for each parent', async () => {
  const ids = (await rowsOf('/groups?$select=id')).map(({ id }) => id);
  const path = `/groups/${ids[0]}/members?$select=id&$top=999`;
  const whole = await rowsOf(path);
  rig.faults.set({ emptyFirst: [{ path: '^groups/[^/]+/members$', times: 1 }] });
  expect([await rowsOf(path), await rowsOf(path)]).toEqual([[], whole]);
  const counted = await rig.call(`/groups/${ids[2]}/members?$select=id&$count=true`, EVENTUAL);
  expect([counted.json.value, counted.json['@odata.count'] > 0]).toEqual([[], true]);
  expect(await rowsOf(`/groups/${ids[1]}/members?$select=id`)).toEqual([]);
});

describe('spelling', () => {
  test('names of every nth row come in another case', async () => {
    rig.faults.set({ spelling: [{ path: '^users$', everyNth: 3 }] });
    const rows = await rowsOf('/users?$select=id,displayName,jobTitle&$top=6');
    const usual = ['id', 'displayName', 'jobTitle'];
    const other = ['id', 'DisplayName', 'JobTitle'];
    expect(rows.map((row) => Object.keys(row))).toEqual([usual, usual, other, usual, usual, other]);
  });

  test('of some properties only, in lower case', async () => {
    rig.faults.set({ spelling: [{ everyNth: 1, properties: 'jobTitle', as: 'lower' }] });
    const [row = {}] = await rowsOf('/users?$select=id,displayName,jobTitle&$top=1');
    expect(Object.keys(row)).toEqual(['id', 'displayName', 'jobtitle']);
  });

  test('the extension exists twice, and each row has it under one name', async () => {
    const named = async (names: string) =>
      (await rowsOf(`/users?$select=id,${names}&$top=20`)).map((row) =>
        Object.keys(row).filter((name) => name.startsWith('extension_')),
      );
    const before = await named(EXTENSION);
    rig.faults.set({ twoSpellings: true });
    const both = await named(`${EXTENSION},${SECOND_EXTENSION_NAME}`);
    expect(both.map(({ length }) => length)).toEqual(before.map(({ length }) => length));
    expect(new Set(both.flat())).toEqual(new Set([EXTENSION, SECOND_EXTENSION_NAME]));
    expect((await named(SECOND_EXTENSION_NAME)).flat().length).toBeLessThan(both.flat().length);
    const listed = await rig.call('/directoryObjects/getAvailableExtensionProperties', { method: 'POST', body: {} });
    expect(listed.json.value.map((row) => row['name'])).toEqual([EXTENSION, SECOND_EXTENSION_NAME]);
  });
});

describe('counts', () => {
  const countOf = async (path: string) => Number((await rig.call(`${path}/$count`, EVENTUAL)).text);

  test('are off by so many, up or down, for some paths', async () => {
    const [users, groups] = [await countOf('/users'), await countOf('/groups')];
    rig.faults.set({
      wrongCounts: [
        { path: '^users$', by: 7 },
        { path: '^groups$', by: -10_000 },
      ],
    });
    expect([await countOf('/users'), await countOf('/groups')]).toEqual([users + 7, 0]);
    const { json } = await rig.call('/users?$count=true&$top=1', EVENTUAL);
    expect(json['@odata.count']).toBe(users + 7);
    expect(groups).toBeGreaterThan(0);
  });

  test('are not there', async () => {
    rig.faults.set({ noCount: true });
    expect((await rig.call('/users/$count', EVENTUAL)).status).toBe(404);
    const { status, json } = await rig.call('/users?$count=true&$top=1', EVENTUAL);
    expect([status, json['@odata.count']]).toEqual([200, undefined]);
  });
});

test('a delta round that never ends has a new link on each page, and ends once the fault is over', async () => {
  rig.faults.set({ endlessDelta: true });
  const links = new Set<string>();
  let { json } = await rig.call('/users/delta?$select=id');
  for (let page = 0; page < 20; page++) {
    expect(json['@odata.deltaLink']).toBeUndefined();
    links.add(json['@odata.nextLink']);
    ({ json } = await rig.call(json['@odata.nextLink']));
    expect(json.value).toEqual([]);
  }
  expect(links.size).toBe(20);
  rig.faults.set(null);
  ({ json } = await rig.call(json['@odata.nextLink']));
  expect(json['@odata.deltaLink']).toContain('$deltatoken=');
});
