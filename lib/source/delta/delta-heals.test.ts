import { describe, expect, onTestFinished, test } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import { createGraphClient, type GraphClient } from '#lib/graph/client/client.ts';
import { followDelta, isDeltaLinkOf } from '#lib/graph/paging/delta.ts';
import { ChangesLostError } from '#lib/reload/engine/reading/changes-lost.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { sourceOf } from '#lib/source/graph-source.ts';
import { rigGraph } from '#lib/source/testing/rig-graph.ts';

const BASE = 'https://localhost:1/v1.0';
const signal = new AbortController().signal;
const made = fakeDataset({ id: 'string', displayName: 'string' }, { key: ['id'] });
const USERS: DatasetDefinition = { ...made, path: '/users', read: { ...made.read, delta: true } };

/** A client of a service that answers what `answer` makes, on a clock that each request moves by `stepMs`. */
function clientOf(answer: (number: number) => unknown, stepMs = 0) {
  let time = 0;
  let requests = 0;
  const graph = createGraphClient({
    http: {
      send: async () => {
        time += stepMs;
        const body = answer(++requests);
        return { status: 200, headers: {}, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
      },
      close: async () => undefined,
    },
    clock: { now: () => new Date(time) },
    baseUrl: BASE,
    accessToken: async () => 'token',
    wait: async (ms) => {
      time += ms;
    },
  });
  return { graph, requests: () => requests, minutes: () => time / 60_000 };
}

const link = (number: number): string => `${BASE}/users/delta?$skiptoken=${number}`;
const DELTA_TOKEN = `${BASE}/users/delta?$deltatoken=saved`;

async function changes(graph: GraphClient, deltaToken = DELTA_TOKEN): Promise<void> {
  for await (const _ of sourceOf(graph).changes(USERS, { deltaToken, rows: true, changedIdsMax: 10_000, signal }));
}

describe('a round that does not end costs minutes at most, and everything is read instead', () => {
  test.each([
    ['pages without rows', (number: number) => ({ value: [], '@odata.nextLink': link(number) }), 0],
    [
      'the same rows again and again',
      (number: number) => ({ value: [{ id: 'a' }, { id: 'b' }], '@odata.nextLink': link(number) }),
      0,
    ],
    ['pages that take long', (number: number) => ({ value: [{ id: 'a' }], '@odata.nextLink': link(number) }), 20_000],
    ['a link that comes back', () => ({ value: [{ id: 'a' }], '@odata.nextLink': link(1) }), 0],
    ['no link at all', () => ({ value: [] }), 0],
    ['null for both links', () => ({ value: [], '@odata.nextLink': null, '@odata.deltaLink': null }), 0],
    ['rows without ids', () => ({ value: [{ displayName: 'x' }], '@odata.deltaLink': DELTA_TOKEN }), 0],
    ['pages that always break off', () => '{"value":[{"id":', 0],
    [
      'new rows without end',
      (number: number) => ({
        value: Array.from({ length: 200 }, (_, index) => ({ id: `${number}-${index}` })),
        '@odata.nextLink': link(number),
      }),
      0,
    ],
  ])('%s', async (_, answer, stepMs) => {
    const { graph, requests, minutes } = clientOf(answer, stepMs);
    await expect(changes(graph)).rejects.toThrow(ChangesLostError);
    expect(requests()).toBeLessThan(1100);
    expect(minutes()).toBeLessThan(7);
  });

  test('and no delta token is taken from one, so that the next run reads everything as well', async () => {
    const { graph } = clientOf((number) => ({ value: [], '@odata.nextLink': link(number) }));
    expect(await sourceOf(graph).deltaToken({ ...USERS, read: { ...USERS.read, countable: false } }, signal)).toBeNull();
  });

  test('in the demo tenant, too, and a new delta token is good again', async () => {
    const rig = createGraphRig(20);
    onTestFinished(rig.close);
    const { graph } = rigGraph(rig);
    const deltaToken = (await sourceOf(graph).deltaToken(USERS, signal)) ?? expect.fail('no delta token');
    rig.faults.set({ endlessDelta: true });
    await expect(changes(graph, deltaToken)).rejects.toThrow(/page after page without a new object/);
    rig.faults.set({ endlessDelta: false });
    await changes(graph, (await sourceOf(graph).deltaToken(USERS, signal)) ?? expect.fail('no delta token'));
  });
});

describe('a saved link that is not of this collection is not followed, and everything is read', () => {
  test.each([
    ['another host', 'https://elsewhere.test/v1.0/users/delta?$deltatoken=x'],
    ['another resource', `${BASE}/groups/delta?$deltatoken=x`],
    ['the list itself', `${BASE}/users?$skiptoken=x`],
    ['another version', 'https://localhost:1/beta/users/delta?$deltatoken=x'],
    ['no address', 'not a link'],
    ['a damaged delta token', '{"own":"https://localhost'],
  ])('%s', async (_, deltaToken) => {
    const { graph, requests } = clientOf(() => ({ value: [], '@odata.deltaLink': DELTA_TOKEN }));
    await expect(changes(graph, deltaToken)).rejects.toThrow(ChangesLostError);
    expect(requests()).toBe(0);
  });

  test('all spellings of the function are its', () => {
    const { graph } = clientOf(() => ({}));
    for (const name of ['delta', 'delta()', 'microsoft.graph.delta', 'microsoft.graph.delta()'])
      expect(isDeltaLinkOf(`${BASE}/Users/${name}?$deltatoken=x`, graph, '/users'), name).toBe(true);
  });

  test('a link that Graph refuses, as that of another tenant, heals in the same way', async () => {
    const rig = createGraphRig(20);
    onTestFinished(rig.close);
    await expect(changes(rigGraph(rig).graph, `${BASE}/users/delta?$deltatoken=of-another-tenant`)).rejects.toThrow(
      ChangesLostError,
    );
  });
});

test('a long round that goes on telling of new ids is read to its end', async () => {
  const pages = 1500;
  const { graph } = clientOf(
    (number) => ({
      value: [{ id: `${number}` }],
      ...(number === pages ? { '@odata.deltaLink': DELTA_TOKEN } : { '@odata.nextLink': link(number) }),
    }),
    1000,
  );
  const ids: string[] = [];
  for await (const { items } of followDelta(graph, DELTA_TOKEN, signal)) ids.push(...items.map(({ id }) => id));
  expect(ids).toHaveLength(pages);
});
