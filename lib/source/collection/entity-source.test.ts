import { describe, expect, it, onTestFinished } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import type { Page } from '#lib/reload/engine/ports.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { sourceOf } from '#lib/source/graph-source.ts';
import { rigGraph } from '#lib/source/testing/rig-graph.ts';

const PAGE = 8;

function open(users = 200) {
  const rig = createGraphRig(users);
  onTestFinished(rig.close);
  return { rig, ...rigGraph(rig) };
}

function datasetOf(path: string, columns: Readonly<Record<string, 'string'>>, pageSizeMax = PAGE): DatasetDefinition {
  const dataset = fakeDataset(columns, { key: ['id'] });
  return { ...dataset, path, read: { ...dataset.read, pageSizeMax, select: true, countable: true } };
}

const USERS = datasetOf('/users', { id: 'string', userPrincipalName: 'string' });
const GROUPS = datasetOf('/groups', { id: 'string', displayName: 'string' }, 2);
const signal = new AbortController().signal;

function idsOf({ body }: Page): string[] {
  return (JSON.parse(Buffer.from(body).toString('utf8')) as { value: { id: string }[] }).value.map(({ id }) => id);
}

async function read(graph: ReturnType<typeof open>['graph'], dataset: DatasetDefinition, cursor: string | null = null) {
  const pages: Page[] = [];
  for await (const page of sourceOf(graph).read(dataset, { cursor, signal })) pages.push(page);
  return { pages, ids: pages.flatMap(idsOf), notes: pages.flatMap((page) => page.notes ?? []) };
}

async function allIds(rig: ReturnType<typeof createGraphRig>, path: string): Promise<string[]> {
  const ids: string[] = [];
  for (let url = `${path}?$select=id&$top=999`; url !== ''; ) {
    const { json } = await rig.call(url);
    ids.push(...json.value.map(({ id }) => id));
    url = json['@odata.nextLink'] ?? '';
  }
  return ids.sort();
}

describe('a large collection', () => {
  it.each([
    ['users', USERS, 'userPrincipalName'],
    ['groups', GROUPS, 'createdDateTime'],
  ])('%s are read in parts that are the whole, each row once', async (_, dataset, property) => {
    const { rig, graph, asked } = open();
    const { ids, notes, pages } = await read(graph, dataset);
    expect(ids.sort()).toEqual(await allIds(rig, dataset.path));
    expect(notes.join()).toContain(`by ${property}`);
    expect(pages.at(-1)?.cursor).toBeNull();
    expect(pages.slice(0, -1).every(({ cursor }) => cursor !== null)).toBe(true);
    expect(pages.reduce((sum, page) => sum + page.requests, 0)).toBe(asked.length - 1);
  });

  it('is read with the count and the parts that were asked for ahead, each once', async () => {
    const { rig, graph, asked } = open();
    const source = sourceOf(graph);
    source.prepare?.(USERS, signal);
    source.prepare?.(USERS, signal);
    expect(await source.count(USERS, signal)).toBe(200);
    const ids: string[] = [];
    for await (const page of source.read(USERS, { cursor: null, signal })) ids.push(...idsOf(page));
    expect(ids.sort()).toEqual(await allIds(rig, '/users'));
    const ahead = asked.length;
    // As many requests as without.
    const plain = open();
    await read(plain.graph, USERS);
    expect(ahead).toBe(plain.asked.length);
  });

  it('goes on after any page without a row lost or twice', async () => {
    const { graph, rig } = open();
    const whole = await allIds(rig, '/users');
    const { pages } = await read(graph, USERS);
    for (const stop of [0, 1, 7, Math.floor(pages.length / 2), pages.length - 2]) {
      const rest = await read(graph, USERS, pages[stop]?.cursor ?? null);
      const ids = [...pages.slice(0, stop + 1).flatMap(idsOf), ...rest.ids];
      expect(ids.sort(), `stopped after page ${stop}`).toEqual(whole);
    }
  });

  it('is read whole where parts do not add up, and says so', async () => {
    const { rig, graph } = open(400);
    const { ids, notes } = await read(graph, datasetOf('/contacts', { id: 'string', displayName: 'string' }, 2));
    expect(ids.sort()).toEqual(await allIds(rig, '/contacts'));
    expect(notes).toEqual([expect.stringMatching(/one page after the other, because the parts by displayName do not add up/)]);
  });

  it('keeps to the filter of the dataset', async () => {
    const { graph, rig } = open();
    const filter = "accountEnabled eq true or startsWith(userPrincipalName,'a')";
    const { ids, notes } = await read(graph, { ...USERS, filter });
    const { json } = await rig.call(`/users?$select=id&$top=999&$filter=${encodeURIComponent(filter)}`);
    expect(ids.sort()).toEqual(json.value.map(({ id }) => id).sort());
    expect(notes.join()).toContain('parts');
    expect(await sourceOf(graph).count({ ...USERS, filter }, signal)).toBe(json.value.length);
  });
});

it('a small collection is read with one request', async () => {
  const { graph, asked } = open(40);
  const { ids } = await read(graph, datasetOf('/users', { id: 'string' }, 999));
  expect(ids).toHaveLength(40);
  expect(asked.filter((url) => !url.includes('$count'))).toHaveLength(1);
});

it('cursors stay small', async () => {
  const { graph } = open();
  const { pages } = await read(graph, USERS);
  expect(Math.max(...pages.map(({ cursor }) => cursor?.length ?? 0))).toBeLessThan(8000);
});

describe('a part whose links expire or go in circles', () => {
  it.each([
    ['expirePageTokens', 'page-token-expired'],
    ['nextLinkLoop', 'next-link-loop'],
  ])('is begun again a few times, then fails with words: %s', async (fault, code) => {
    const { rig, graph, asked } = open();
    rig.faults.set({ [fault]: true });
    await expect(read(graph, USERS)).rejects.toMatchObject({ code });
    expect(asked.length).toBeLessThan(2000);
  });

  it('is complete when the links come back to their senses', async () => {
    const { rig, graph } = open();
    let left = 3;
    const flaky: typeof graph = {
      ...graph,
      send: async (request) => {
        const expired = request.url.includes('skiptoken') && left-- > 0;
        if (expired) rig.faults.set({ expirePageTokens: true });
        try {
          return await graph.send(request);
        } finally {
          if (expired) rig.faults.set(null);
        }
      },
    };
    const { ids, notes } = await read(flaky, USERS);
    expect([...new Set(ids)].sort()).toEqual(await allIds(rig, '/users'));
    expect(notes.some((note) => note.includes('again from its start'))).toBe(true);
  });
});

describe('sign-in activity', () => {
  const dataset: DatasetDefinition = {
    ...USERS,
    columns: datasetOf('/users', { id: 'string', userPrincipalName: 'string', signInActivity: 'string' }).columns,
  };

  it('is read in a pass of its own and joined by id; everything else in parts', async () => {
    const { rig, graph, asked } = open();
    const { pages, notes } = await read(graph, dataset);
    const rows = pages.flatMap(
      ({ body }) => (JSON.parse(Buffer.from(body).toString('utf8')) as { value: Record<string, unknown>[] }).value,
    );
    const { json } = await rig.call('/users?$select=id,userPrincipalName,signInActivity&$top=500');
    const byId = (a: { id?: unknown }, b: { id?: unknown }): number => (String(a.id) < String(b.id) ? -1 : 1);
    const expected = json.value.map(({ signInActivity, ...user }) =>
      signInActivity === null ? user : { ...user, signInActivity },
    );
    expect(rows.sort(byId)).toEqual(expected.sort(byId));
    expect(rows.filter((row) => row['signInActivity'] !== undefined).length).toBeGreaterThan(50);
    expect(asked.filter((url) => url.includes('signInActivity'))).toHaveLength(200 / PAGE);
    expect(notes.join()).toContain('by userPrincipalName');
  });

  it('is read again when a run goes on, and split even when nothing else was begun', async () => {
    const { rig, graph } = open();
    const { pages } = await read(graph, dataset);
    const whole = await allIds(rig, '/users');
    const activityPages = 200 / PAGE;
    for (const stop of [0, activityPages, activityPages + 5]) {
      const rest = await read(graph, dataset, pages[stop]?.cursor ?? null);
      expect([...pages.slice(0, stop + 1).flatMap(idsOf), ...rest.ids].sort(), `stopped after page ${stop}`).toEqual(whole);
      expect(rest.notes.join().includes('in parallel')).toBe(stop === 0);
    }
  });
});
