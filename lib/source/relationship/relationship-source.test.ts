import { describe, expect, it, onTestFinished } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { UnprovenParent } from '#lib/domain/run/run.ts';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { toGraphError } from '#lib/graph/client/graph-error.ts';
import { systemClock } from '#lib/platform/clock.ts';
import type { Page } from '#lib/reload/engine/ports.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { rigGraph } from '#lib/source/testing/rig-graph.ts';
import { readRelationship } from './relationship-source.ts';

const BASE = 'https://graph.test/v1.0';
const PAGE = 200;

/** A tenant of groups with one member each, whose groups are added and deleted; links of pages contain an id, as a skip token does. */
function createTenant(groupCount: number) {
  const groups = new Map(Array.from({ length: groupCount }, (_, index) => [`g${String(index).padStart(4, '0')}`, `m${index}`]));
  const graph: GraphClient = {
    baseUrl: BASE,
    clock: systemClock,
    backOff: async () => undefined,
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
  path: '/groups/{id}/owners',
  parent: { path: '/groups', column: 'group_id' },
};

function rowsOf({ body }: Page): string[] {
  const { value } = JSON.parse(Buffer.from(body).toString('utf8')) as { value: { id: string; '@parent.id': string }[] };
  return value.map((row) => `${row['@parent.id']} ${row.id}`);
}

/** An application that sees hidden memberships. */
const readGranted = async () => ({ permissions: new Set(['Member.Read.Hidden']), signIn: 'app-only' as const });
const NEVER = new AbortController().signal;

async function read(graph: GraphClient, cursor: string | null, pagesMax = Number.POSITIVE_INFINITY) {
  const rows: string[] = [];
  let last = cursor;
  let pages = 0;
  for await (const page of readRelationship(graph, dataset, { cursor, signal: NEVER, readGranted })) {
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
      expect([...before.rows, ...after].sort(), `stopped after ${stop}`).toEqual(whole);
    }
  });

  it('counts the parents that were read, those before the crash included', async () => {
    const { graph } = createTenant(450);
    const before = await read(graph, null, 1);
    const counts: number[] = [];
    const onParents = ({ read: parents }: { readonly read: number }) => counts.push(parents);
    for await (const _ of readRelationship(graph, dataset, { cursor: before.cursor, signal: NEVER, readGranted, onParents }));
    expect(counts[0]).toBeGreaterThan(1);
    expect(counts.at(-1)).toBe(450);
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
    const { graph, groups } = createTenant(100);
    const remaining = [...groups.keys()].slice(40);
    const after = await read(graph, JSON.stringify({ remaining, nextUrl: null }));
    expect(after.rows.sort()).toEqual(remaining.map((id) => `${id} ${groups.get(id)}`));
    expect(after.cursor).toBeNull();
  });

  it('goes on from what versions before wrote', async () => {
    const { graph, groups } = createTenant(100);
    const after = await read(graph, JSON.stringify({ url: `${BASE}/groups?from=`, done: 30 }));
    expect(after.rows.sort()).toEqual([...groups].slice(30).map(([id, member]) => `${id} ${member}`));
  });
});

it('a list of parents whose links expire is begun again, without beginning its parents twice', async () => {
  const { graph, groups } = createTenant(900);
  let expired = 0;
  const flaky: GraphClient = {
    ...graph,
    send: async (request) => {
      if (request.url.includes('from=g0400') && expired++ === 0)
        throw toGraphError(
          { status: 400, headers: {}, body: { error: { code: 'Directory_ExpiredPageToken', message: 'expired' } } },
          new Date(),
        );
      return graph.send(request);
    },
  };
  const { rows, cursor } = await read(flaky, null);
  expect(expired).toBe(2);
  expect(cursor).toBeNull();
  expect(rows.sort()).toEqual([...groups].map(([id, member]) => `${id} ${member}`));
});

describe('parents that Graph refuses', () => {
  const refusing = (refused: (url: string) => { status: number; code: string } | null) => {
    const tenant = createTenant(450);
    const send: GraphClient['send'] = async (request) => {
      const answer = await tenant.graph.send(request);
      if (request.body === undefined) return answer;
      const { requests } = JSON.parse(request.body) as { requests: { id: string; url: string }[] };
      const { responses } = JSON.parse(Buffer.from(answer.body).toString('utf8')) as { responses: { id: string }[] };
      const body = {
        responses: responses.map((response) => {
          const fault = refused(requests.find(({ id }) => id === response.id)?.url ?? '');
          return fault === null
            ? response
            : { id: response.id, status: fault.status, body: { error: { code: fault.code, message: 'no' } } };
        }),
      };
      return { ...answer, body: Buffer.from(JSON.stringify(body)) };
    };
    return { ...tenant, graph: { ...tenant.graph, send } };
  };
  const collect = async (graph: GraphClient) => {
    const rows: string[] = [];
    const failed: UnprovenParent[] = [];
    let last: string | null = '';
    const reading = (async () => {
      for await (const page of readRelationship(graph, dataset, { cursor: null, signal: NEVER, readGranted })) {
        rows.push(...rowsOf(page));
        failed.push(...(page.failed ?? []));
        last = page.cursor;
      }
    })();
    const error = await reading.catch((fault: unknown) => fault);
    return { rows, failed, error, last };
  };

  it('do not lose the rows of the others, and are named', async () => {
    const { graph, groups } = refusing((url) =>
      url.includes('g0007') ? { status: 403, code: 'Authorization_RequestDenied' } : null,
    );
    const { rows, failed, error, last } = await collect(graph);
    expect(error).toBeUndefined();
    expect(rows).toHaveLength(groups.size - 1);
    expect(failed).toEqual([{ id: 'g0007', reason: '403: no' }]);
    expect(last).toBeNull();
  });

  it('whose pages go in circles are begun again, and then do not lose the rows of the others either', async () => {
    const tenant = createTenant(450);
    let asked = 0;
    const send: GraphClient['send'] = async (request) => {
      if (request.body === undefined) return tenant.graph.send(request);
      const { requests } = JSON.parse(request.body) as { requests: { id: string; url: string }[] };
      const circles = requests.filter(({ url }) => url.includes('g0007'));
      const answer = await tenant.graph.send({
        ...request,
        body: JSON.stringify({ requests: requests.filter((one) => !circles.includes(one)) }),
      });
      const { responses } = JSON.parse(Buffer.from(answer.body).toString('utf8')) as { responses: object[] };
      asked += circles.length;
      const body = { value: [{ id: 'm7' }], '@odata.nextLink': `${BASE}/groups/g0007/members?page=2` };
      return {
        ...answer,
        body: Buffer.from(JSON.stringify({ responses: [...responses, ...circles.map(({ id }) => ({ id, status: 200, body }))] })),
      };
    };
    const { rows, failed, last } = await collect({ ...tenant.graph, send });
    expect(new Set(rows).size).toBe(tenant.groups.size);
    expect(failed).toEqual([{ id: 'g0007', reason: 'Graph sent a link to a page that Entrada had already read.' }]);
    expect(asked).toBeGreaterThan(4);
    expect(asked).toBeLessThan(20);
    expect(last).toBeNull();
  });

  it('refuse the relation when they are all', async () => {
    const { graph } = refusing(() => ({ status: 403, code: 'Authorization_RequestDenied' }));
    expect((await collect(graph)).error).toMatchObject({ code: 'missing-permission' });
  });
});

describe('a relationship of the emulated Graph', () => {
  const open = () => {
    const rig = createGraphRig(300);
    onTestFinished(rig.close);
    return { rig, ...rigGraph(rig) };
  };
  const members: DatasetDefinition = {
    ...dataset,
    path: '/groups/{id}/members',
    read: { ...dataset.read, select: true, pageSizeMax: 5, advancedQuery: true },
  };
  const truth = async (rig: ReturnType<typeof createGraphRig>): Promise<string[]> => {
    const { json } = await rig.call('/groups?$select=id&$top=999');
    const rows: string[] = [];
    for (const { id } of json.value) {
      const children = await rig.call(`/groups/${id}/members?$select=id&$top=999&$count=true`, {
        headers: { consistencylevel: 'eventual' },
      });
      rows.push(...children.json.value.map((child) => `${id} ${child.id}`));
    }
    return rows.sort();
  };
  const all = async (graph: GraphClient) => {
    const pages: Page[] = [];
    for await (const page of readRelationship(graph, members, { cursor: null, signal: NEVER, readGranted })) pages.push(page);
    return { rows: pages.flatMap(rowsOf).sort(), requests: pages.reduce((sum, page) => sum + page.requests, 0) };
  };

  it('has every member of every group, service principals too, and says what it cost', async () => {
    const { rig, graph, asked } = open();
    const { rows, requests } = await all(graph);
    expect(rows).toEqual(await truth(rig));
    expect(requests).toBe(asked.length);
  });

  it.each([
    ['every second answer is a 429', { throttle: { everyNth: 2, retryAfter: 0 } }],
    ['every third answer is a 503', { unavailableEveryNth: 3 }],
  ])('loses nothing when %s', async (_, fault) => {
    const { rig, graph } = open();
    const whole = await truth(rig);
    rig.faults.set(fault);
    expect((await all(graph)).rows).toEqual(whole);
  });
});
