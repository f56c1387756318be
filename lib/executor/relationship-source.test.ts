import { describe, expect, it } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { systemClock } from '#lib/platform/clock.ts';
import type { Page } from '#lib/reload/ports.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { readRelationship } from './relationship-source.ts';

const BASE = 'https://graph.test/v1.0';
const PAGE = 200;

/** A tenant of groups with one member each, whose groups come and go; pages link by the id they go on from, as a skip token does. */
function createTenant(groupCount: number) {
  const groups = new Map(Array.from({ length: groupCount }, (_, index) => [`g${String(index).padStart(4, '0')}`, `m${index}`]));
  const graph: GraphClient = {
    baseUrl: BASE,
    clock: systemClock,
    send: async ({ url, body }) => ({
      body: Buffer.from(JSON.stringify(body === undefined ? list(url) : batch(body))),
      status: 200,
      headers: {},
      requests: 1,
      throttledMs: 0,
    }),
  };
  function list(url: string) {
    const from = new URL(url).searchParams.get('from') ?? '';
    const ids = [...groups.keys()].filter((id) => id >= from);
    const next = ids[PAGE];
    return {
      value: ids.slice(0, PAGE).map((id) => ({ id })),
      ...(next === undefined ? {} : { '@odata.nextLink': `${BASE}/groups?from=${next}` }),
    };
  }
  function batch(body: unknown) {
    const { requests } = JSON.parse(String(body)) as {
      requests: { id: string; url: string }[];
    };
    return {
      responses: requests.map(({ id, url }) => {
        const member = groups.get(url.split('/')[2] ?? '');
        return member === undefined
          ? { id, status: 404, body: { error: { code: 'Request_ResourceNotFound', message: 'gone' } } }
          : { id, status: 200, body: { value: [{ id: member }] } };
      }),
    };
  }
  return { groups, graph };
}

const dataset: DatasetDefinition = {
  ...fakeDataset({ '@parent.id': 'string', id: 'string' }, { key: ['@parent.id', 'id'] }),
  kind: 'relationship',
  path: '/groups/{id}/members',
  parent: { path: '/groups', column: 'group_id' },
};

function rowsOf({ body }: Page): string[] {
  const { value } = JSON.parse(Buffer.from(body).toString('utf8')) as { value: { id: string; '@parent.id': string }[] };
  return value.map((row) => `${row['@parent.id']} ${row.id}`);
}

async function read(graph: GraphClient, cursor: string | null, pagesMax = Number.POSITIVE_INFINITY) {
  const rows: string[] = [];
  let last = cursor;
  let pages = 0;
  for await (const page of readRelationship(graph, dataset, { cursor, signal: new AbortController().signal })) {
    rows.push(...rowsOf(page));
    last = page.cursor;
    pages += 1;
    if (pages >= pagesMax) break;
  }
  return { rows, cursor: last };
}

describe('a relationship that goes on after a crash', () => {
  it('has every row once, wherever it stopped', async () => {
    const { graph, groups } = createTenant(450);
    const whole = [...groups].map(([id, member]) => `${id} ${member}`);
    for (let stop = 1; stop <= 6; stop++) {
      const before = await read(graph, null, stop);
      const after = before.cursor === null ? [] : (await read(graph, before.cursor)).rows;
      expect([...before.rows, ...after], `stopped after ${stop}`).toEqual(whole);
    }
  });

  it('passes no parent over when others vanished meanwhile', async () => {
    const { graph, groups } = createTenant(450);
    const before = await read(graph, null, 1);
    for (const id of ['g0003', 'g0004', 'g0085']) groups.delete(id);
    const after = await read(graph, before.cursor);
    const seen = new Set([...before.rows, ...after.rows]);
    expect([...groups].filter(([id, member]) => !seen.has(`${id} ${member}`))).toEqual([]);
  });

  it('ends when the last page of parents was under way', async () => {
    const { graph } = createTenant(100);
    const before = await read(graph, null, 1);
    const after = await read(graph, before.cursor);
    expect(before.rows.length + after.rows.length).toBe(100);
    expect(after.cursor).toBeNull();
  });
});
