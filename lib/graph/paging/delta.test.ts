import { expect, test } from 'vitest';
import { createGraphClient } from '#lib/graph/client/client.ts';
import { fetchLatestDeltaLink } from './delta.ts';

const BASE = 'https://localhost:1/v1.0';
const LATEST = `${BASE}/users/delta?$deltaToken=latest`;
const DELTA_LINK = `${BASE}/users/delta?$deltatoken=now`;

/** A service that answers `$deltaToken=latest` with the whole collection, one new object a page, before the link. */
function clientOfPages(pages: number) {
  let requests = 0;
  const graph = createGraphClient({
    http: {
      send: async () => {
        const number = ++requests;
        const end =
          number >= pages ? { '@odata.deltaLink': DELTA_LINK } : { '@odata.nextLink': `${LATEST}&$skiptoken=${number}` };
        return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ value: [{ id: `${number}` }], ...end })) };
      },
      close: async () => undefined,
    },
    clock: { now: () => new Date(0) },
    baseUrl: BASE,
    accessToken: async () => 'token',
  });
  return { graph, requests: () => requests };
}

const signal = new AbortController().signal;

test.each([1, 20])('a delta link behind %i pages of objects is taken', async (pages) => {
  expect(await fetchLatestDeltaLink(clientOfPages(pages).graph, LATEST, signal)).toBe(DELTA_LINK);
});

test('a service that ignores $deltaToken=latest is asked for 20 pages at most, however many new objects it sends', async () => {
  const { graph, requests } = clientOfPages(100_000);
  await expect(fetchLatestDeltaLink(graph, LATEST, signal)).rejects.toThrow(/ignores \$deltaToken=latest/);
  expect(requests()).toBe(20);
});
