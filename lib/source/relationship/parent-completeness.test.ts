import { describe, expect, it } from 'vitest';
import type { Granted } from '#lib/domain/access/access.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { toGraphError } from '#lib/graph/client/graph-error.ts';
import { systemClock } from '#lib/platform/clock.ts';
import type { Page } from '#lib/reload/engine/ports.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { readRelationship } from './relationship-source.ts';

const BASE = 'https://graph.test/v1.0';
const NEVER = new AbortController().signal;

const made = fakeDataset({ '@parent.id': 'string', id: 'string' }, { key: ['@parent.id', 'id'] });
const DATASET: DatasetDefinition = {
  ...made,
  kind: 'relationship',
  path: '/groups/{id}/members',
  parent: { path: '/groups', column: 'group_id' },
  read: { ...made.read, advancedQuery: true },
};
const SEES_ALL: Granted = { permissions: new Set(['Member.Read.Hidden']), signIn: 'app-only' };

interface Script {
  /** Answers of the children of each group, one for each reading, the last one again and again: ids, or a whole body, or a status. */
  readonly groups: Readonly<Record<string, readonly (readonly string[] | object | number)[]>>;
  /** What `$count` of each group's first page says, one for each reading; missing: as many as there are. */
  readonly counts?: Readonly<Record<string, readonly number[]>>;
  /** Answers of `/groups/$count`. */
  readonly groupCounts?: readonly number[];
  /** Groups of each listing, where they differ from `groups`. */
  readonly lists?: readonly (readonly string[])[];
  /** Groups that answer 404 to a question for themselves. */
  readonly gone?: readonly string[];
  readonly hidden?: readonly string[];
}

function fakeGraph(script: Script) {
  const turns = new Map<string, number>();
  const turnOf = <T>(name: string, all: readonly T[]): T | undefined => {
    const turn = turns.get(name) ?? 0;
    turns.set(name, turn + 1);
    return all[Math.min(turn, all.length - 1)];
  };
  const names = Object.keys(script.groups);
  const children = (group: string): { status: number; body: object } => {
    const answer = turnOf(`members ${group}`, script.groups[group] ?? []) ?? [];
    if (typeof answer === 'number')
      return { status: answer, body: { error: { code: 'Request_ResourceNotFound', message: 'no' } } };
    if (!Array.isArray(answer)) return { status: 200, body: answer };
    const count = turnOf(`count ${group}`, script.counts?.[group] ?? [answer.length]);
    return { status: 200, body: { '@odata.count': count, value: answer.map((id: string) => ({ id })) } };
  };
  const one = (url: string): { status: number; body: object } => {
    const [, group = '', members] = /^\/groups\/([^/?]+)(\/members)?/.exec(url) ?? [];
    if (members !== undefined) return children(group);
    const isGone = script.gone?.includes(group) === true;
    return isGone
      ? { status: 404, body: { error: { code: 'Request_ResourceNotFound', message: 'no' } } }
      : { status: 200, body: { id: group } };
  };
  const get = (url: string): unknown => {
    if (url.includes('/$count')) return turnOf('groups', script.groupCounts ?? [names.length]);
    if (url.includes('visibility'))
      return {
        value: names.map((id) => ({
          id,
          displayName: id.toUpperCase(),
          visibility: script.hidden?.includes(id) ? 'HiddenMembership' : 'Public',
        })),
      };
    return { value: (turnOf('lists', script.lists ?? [names]) ?? []).map((id) => ({ id })) };
  };
  const graph: GraphClient = {
    baseUrl: BASE,
    clock: systemClock,
    backOff: async () => undefined,
    send: async ({ url, body }) => {
      const answer =
        body === undefined
          ? get(url)
          : {
              responses: (JSON.parse(body) as { requests: { id: string; url: string }[] }).requests.map((request) => ({
                id: request.id,
                ...one(request.url),
              })),
            };
      return { body: Buffer.from(JSON.stringify(answer)), status: 200, headers: {}, requests: 1, throttledMs: 0 };
    },
  };
  return { graph, readings: (group: string) => turns.get(`members ${group}`) ?? 0, lists: () => turns.get('lists') ?? 0 };
}

async function read(script: Script, granted: Granted | null = SEES_ALL, dataset = DATASET) {
  const fake = fakeGraph(script);
  const pages: Page[] = [];
  const options = { cursor: null, signal: NEVER, readGranted: async () => granted, waitsMs: [0, 0] };
  for await (const page of readRelationship(fake.graph, dataset, options)) pages.push(page);
  const rows = pages.flatMap(({ body }) => (JSON.parse(Buffer.from(body).toString('utf8')) as { value: Row[] }).value);
  return {
    ...fake,
    rows: rows.map((row) => `${row['@parent.id']} ${row['id']}`).sort(),
    failed: pages.flatMap((page) => page.failed ?? []),
    unproven: pages.flatMap((page) => page.unproven ?? []),
    gap: pages.flatMap((page) => page.gap ?? []),
    notes: pages.flatMap((page) => page.notes ?? []),
    last: pages.at(-1)?.cursor,
  };
}

type Row = Readonly<Record<string, unknown>>;

const link = (group: string, page: number): string => `${BASE}/groups/${group}/members?page=${page}`;

describe('a parent whose own count differs from what was sent', () => {
  it.each([
    ['fewer', ['a'], 2],
    ['none', [], 2],
    ['more', ['a', 'b', 'c'], 2],
  ])('is read again, and named when it stays so: %s', async (_, ids, count) => {
    const { failed, readings, rows, last } = await read({ groups: { g1: [ids], g2: [['x']] }, counts: { g1: [count] } });
    expect(failed).toEqual([{ id: 'g1', reason: `Graph counted 2 rows but sent ${ids.length}, in each of 3 attempts` }]);
    expect(readings('g1')).toBe(3);
    expect(readings('g2')).toBe(1);
    expect(rows).toEqual([...ids.map((id) => `g1 ${id}`), 'g2 x']);
    expect(last).toBeNull();
  });

  it('has the rows of the reading that came to its count, and none of the one before', async () => {
    const { failed, rows } = await read({ groups: { g1: [['a', 'gone'], ['a']] }, counts: { g1: [1] } });
    expect(failed).toEqual([]);
    expect(rows).toEqual(['g1 a']);
  });

  it('is right when the same row comes on two pages', async () => {
    const first = { '@odata.count': 2, '@odata.nextLink': link('g1', 2), value: [{ id: 'a' }, { id: 'b' }] };
    const { failed, readings } = await read({ groups: { g1: [first, { value: [{ id: 'b' }] }] } });
    expect(failed).toEqual([]);
    expect(readings('g1')).toBe(2);
  });

  it('is not right when a row that comes twice makes up for one that is missing', async () => {
    const first = { '@odata.count': 3, '@odata.nextLink': link('g1', 2), value: [{ id: 'a' }, { id: 'b' }] };
    const second = { value: [{ id: 'b' }] };
    const { failed } = await read({ groups: { g1: [first, second, first, second, first, second] } });
    expect(failed).toEqual([{ id: 'g1', reason: expect.stringContaining('counted 3 rows but sent 2') }]);
  });

  it('a next link of null ends it as one that is absent', async () => {
    const { rows, failed } = await read({ groups: { g1: [{ '@odata.nextLink': null, value: [{ id: 'a' }] }] } });
    expect(rows).toEqual(['g1 a']);
    expect(failed).toEqual([]);
  });
});

describe('a parent whose rows answer 404', () => {
  it('has none when it is gone itself', async () => {
    const { failed, notes, rows } = await read({ groups: { g1: [404], g2: [['x']] }, gone: ['g1'] });
    expect(failed).toEqual([]);
    expect(notes).toEqual(['/groups/g1 was deleted while reading; it has no rows.']);
    expect(rows).toEqual(['g2 x']);
  });

  it('is read again while it is there', async () => {
    const { failed, rows, notes } = await read({ groups: { g1: [404, ['a']] } });
    expect({ failed, rows, notes }).toEqual({ failed: [], rows: ['g1 a'], notes: [] });
  });

  it('is named when that does not pass', async () => {
    const { failed } = await read({ groups: { g1: [404], g2: [['x']] } });
    expect(failed).toEqual([{ id: 'g1', reason: expect.stringContaining('404') }]);
  });
});

describe('the list of parents', () => {
  const groups = { g1: [['a']], g2: [['b']] };
  it.each<[string, Partial<Script>, { lists: number; gap: unknown[] }]>([
    ['comes to its count', {}, { lists: 1, gap: [] }],
    ['comes to the count that is asked after it', { groupCounts: [3, 2] }, { lists: 1, gap: [] }],
    ['lies between two counts', { groupCounts: [1, 3] }, { lists: 1, gap: [] }],
    ['is read again, and then comes to it', { lists: [['g1'], ['g1', 'g2']] }, { lists: 2, gap: [] }],
    [
      'lacks some that are counted',
      { groupCounts: [3] },
      { lists: 3, gap: [expect.stringContaining('counted 3 objects in /groups, but listed 2')] },
    ],
    [
      'has more than are counted',
      { groupCounts: [1] },
      { lists: 3, gap: [expect.stringContaining('counted 1 object in /groups, but listed 2')] },
    ],
  ])('%s', async (_, script, expected) => {
    const { gap, lists, rows, readings, last } = await read({ groups, ...script });
    expect({ lists: lists(), gap }).toEqual(expected);
    expect(rows).toEqual(['g1 a', 'g2 b']);
    expect([readings('g1'), readings('g2')]).toEqual([1, 1]);
    expect(last).toBeNull();
  });

  it('is taken at its word where Graph does not count it', async () => {
    const { gap } = await read({ groups: { d1: [['a']] }, groupCounts: [9] }, SEES_ALL, {
      ...DATASET,
      path: '/directoryRoles/{id}/members',
      parent: { path: '/directoryRoles', column: 'role_id' },
    });
    expect(gap).toEqual([]);
  });
});

describe('a group that hides its members', () => {
  const script: Script = { groups: { g1: [[]], g2: [['x']], g3: [[]] }, hidden: ['g1', 'g2'] };
  const DELEGATED: Granted = { permissions: new Set(['Member.Read.Hidden']), signIn: 'delegated' };
  it.each<[string, Granted | null, unknown[]]>([
    [
      'an application without the permission',
      { permissions: new Set(['Group.Read.All']), signIn: 'app-only' },
      [/token does not have/],
    ],
    ['an application with it', SEES_ALL, []],
    ['an account without it', { permissions: new Set(['Group.Read.All']), signIn: 'delegated' }, [/token does not have/]],
    ['an account that may not see it all the same', DELEGATED, [/account that signed in may not/]],
    ['a token of which nothing is known', null, [/does not know whether/]],
  ])('%s', async (_, granted, reasons) => {
    const { unproven, failed, rows } = await read(script, granted);
    expect(unproven).toEqual(reasons.map((reason) => ({ id: 'g1', reason: expect.stringMatching(reason as RegExp) })));
    expect(failed).toEqual([]);
    expect(rows).toEqual(['g2 x']);
  });

  it('is named by its name', async () => {
    const { unproven } = await read(script, null);
    expect(unproven[0]?.reason).toMatch(/^"G1" has hidden membership, and /);
  });
});

it('an error that is not of Graph ends the reading', async () => {
  const { graph } = fakeGraph({ groups: { g1: [['a']] } });
  const broken: GraphClient = {
    ...graph,
    send: async (request) => {
      if (request.body !== undefined) throw toGraphError({ status: 400, headers: {}, body: null }, new Date());
      return graph.send(request);
    },
  };
  const reading = Array.fromAsync(
    readRelationship(broken, DATASET, { cursor: null, signal: NEVER, readGranted: async () => SEES_ALL }),
  );
  await expect(reading).rejects.toMatchObject({ status: 400 });
});
