import { expect, onTestFinished, test } from 'vitest';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import { createGraphClient } from '#lib/graph/client/client.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { sourceOf } from '#lib/source/graph-source.ts';
import { rigGraph } from '#lib/source/testing/rig-graph.ts';
import { countObjects, countParts } from './count-rows.ts';

const signal = new AbortController().signal;
const users = { ...fakeDataset({ id: 'string' }, { key: ['id'] }), path: '/users' };

function answering(status: number, body: string) {
  return createGraphClient({
    http: { send: async () => ({ status, headers: {}, body: Buffer.from(body) }), close: async () => undefined },
    clock: systemClock,
    baseUrl: 'https://graph.test/v1.0',
    accessToken: async () => 'token',
  });
}

test.each([
  [200, '42', 42],
  [200, '\uFEFF42', 42],
  [200, '{"value":42}', null],
  [200, '', null],
  [400, '', null],
  [404, '{"error":{"code":"ResourceNotFound"}}', null],
  [405, '', null],
  [501, '', null],
])('a $count that answers %i %j is %j', async (status, body, count) => {
  expect(await countObjects(answering(status, body), users, signal)).toBe(count);
});

test('a $count that is refused says so: the rows would be, too', async () => {
  await expect(countObjects(answering(403, ''), users, signal)).rejects.toMatchObject({ code: 'missing-permission' });
});

test('a server without $count is read by its chain of pages', async () => {
  const rig = createGraphRig(60);
  onTestFinished(rig.close);
  rig.faults.set({ noCount: true });
  const { graph } = rigGraph(rig);
  const source = sourceOf(graph);
  expect(await source.count(users, signal)).toBeNull();
  expect((await countParts(graph, users, ["startswith(displayName,'a')"], signal)).rows).toEqual([null]);
  let pages = 0;
  for await (const _ of source.read(users, { cursor: null, signal })) pages++;
  expect(pages).toBeGreaterThan(0);
});
