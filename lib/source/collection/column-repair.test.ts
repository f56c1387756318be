import { describe, expect, it, onTestFinished } from 'vitest';
import type { Column, DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { toGraphError } from '#lib/graph/client/graph-error.ts';
import { seededRandom } from '#lib/platform/testing/seeded-random.ts';
import type { Page, ReadOptions } from '#lib/reload/engine/ports.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { sourceOf } from '#lib/source/graph-source.ts';
import { rigGraph } from '#lib/source/testing/rig-graph.ts';

const signal = new AbortController().signal;

function open(users = 30, options: { readonly scopes?: string } = {}) {
  const rig = createGraphRig(users);
  onTestFinished(rig.close);
  return { rig, ...rigGraph(rig, options) };
}

function usersWith(names: readonly string[], read: Partial<DatasetDefinition['read']> = {}): DatasetDefinition {
  const dataset = fakeDataset(Object.fromEntries(['id', 'displayName', ...names].map((name) => [name, 'string'] as const)));
  return { ...dataset, read: { ...dataset.read, ...read } };
}

const CHILDREN: DatasetDefinition = {
  ...fakeDataset({ '@parent.id': 'string', id: 'string', displayName: 'string', mail: 'string' }, { key: ['@parent.id', 'id'] }),
  kind: 'relationship',
  path: '/groups/{id}/members',
  parent: {
    path: '/groups',
    column: 'parent_id',
    key: 'id',
    select: true,
    pageSizeMax: 999,
    permissions: [],
    applicationPermissions: [],
  },
};

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message?: string;
}

const LICENCE: Refusal = {
  status: 403,
  code: 'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
  message: "Neither tenant is B2C or tenant doesn't have premium license",
};
const UNSUPPORTED: Refusal = { status: 400, code: 'Request_UnsupportedQuery', message: 'Unsupported Query.' };
const UNKNOWN: Refusal = { status: 403, code: 'UnknownError' };
const BAD: Refusal = { status: 400, code: 'Request_BadRequest', message: 'Invalid request.' };

/** The client; it refuses the requests that `isDue` selects by their number, from 0. */
function refusing(graph: GraphClient, isDue: (url: string, index: number) => Refusal | null) {
  let index = 0;
  const send: GraphClient['send'] = async (request) => {
    for (let tries = 1; ; tries++) {
      const due = isDue(decodeURIComponent(request.url), index++);
      if (due === null) return graph.send(request);
      const body = { error: { code: due.code, message: due.message ?? '' } };
      const error = toGraphError({ status: due.status, headers: {}, body }, graph.clock.now());
      if (error.retry !== 'limited' || tries >= 4) throw error;
    }
  };
  return { graph: { ...graph, send }, count: () => index };
}

async function read(graph: GraphClient, dataset: DatasetDefinition, options: Partial<ReadOptions> = {}) {
  const pages: Page[] = [];
  for await (const page of sourceOf(graph).read(dataset, { cursor: null, signal, ...options })) pages.push(page);
  const rows = new Map<string, Record<string, unknown>>();
  for (const { body } of pages) {
    const { value } = JSON.parse(Buffer.from(body).toString('utf8')) as { value: Record<string, unknown>[] };
    for (const row of value) rows.set(`${String(row['@parent.id'])} ${String(row['id'])}`, row);
  }
  const unread = new Map(pages.flatMap((page) => page.unread ?? []).map(({ name, reason }) => [name, reason]));
  return { rows, unread, requests: pages.reduce((sum, page) => sum + page.requests, 0) };
}

const reads = (property: string) => (url: string) => new RegExp(`[=,]${property}(,|&|$)`).test(url);

describe('a column that Graph refuses', () => {
  it.each([
    ['aboutMe'],
    ['noSuchProperty'],
    ['aboutMe', 'mail', 'skills', 'jobTitle', 'birthday'],
    ['noSuch1', 'noSuch2', 'mail'],
  ])('is told as unread, alone, with the reason: %s', async (...names) => {
    const { graph, asked } = open();
    const { rows, unread } = await read(graph, usersWith(names), { readBefore: new Set() });
    const refused = names.filter((name) => !['mail', 'jobTitle'].includes(name));
    const kept = ['id', 'displayName', ...names.filter((name) => !refused.includes(name))];
    expect([...rows.values()].map((row) => Object.keys(row).sort())).toEqual(Array(30).fill(kept.sort()));
    expect([...unread.keys()].sort()).toEqual(refused.sort());
    expect([...unread.values()].join()).toMatch(/Graph refuses the column \((400|501): /);
    expect(asked.length).toBeLessThan(60);
  });

  it('is found once when many chains meet it at once', async () => {
    const { graph, asked } = open(200);
    const dataset = usersWith(['userPrincipalName', 'aboutMe'], { pageSizeMax: 8 });
    const { rows, unread } = await read(graph, dataset, { readBefore: new Set() });
    expect(rows.size).toBe(200);
    expect([...unread.keys()]).toEqual(['aboutMe']);
    const alone = asked.filter((url) => url.includes('$select=id,aboutMe&$top=1'));
    expect(alone.length).toBeLessThan(6);
  });

  it('for want of a permission says which one to grant', async () => {
    const { graph } = open(30, { scopes: 'User.Read.All Directory.Read.All' });
    const dataset = usersWith(['signInActivity']);
    const columns = dataset.columns.map(
      (column): Column => (column.name === 'signInActivity' ? { ...column, permission: 'AuditLog.Read.All' } : column),
    );
    const { rows, unread } = await read(graph, { ...dataset, columns });
    expect(rows.size).toBe(30);
    expect([...unread]).toEqual([
      ['signInActivity', expect.stringMatching(/Grant AuditLog.Read.All, or deselect the column\.$/)],
    ]);
  });

  it('does not hide that the whole dataset is refused', async () => {
    const { graph } = open(30, { scopes: 'User.Read' });
    await expect(read(graph, usersWith(['signInActivity']))).rejects.toMatchObject({ code: 'missing-permission' });
  });

  it('in the middle of a pass is found there: rows of before are read again without it', async () => {
    const { graph } = open(100);
    const isJobTitle = reads('jobTitle');
    let pages = 0;
    const faulty = refusing(graph, (url) => (isJobTitle(url) && pages++ > 5 ? LICENCE : null));
    const dataset = usersWith(['mail', 'jobTitle'], { pageSizeMax: 10, countable: false });
    const { rows, unread } = await read(faulty.graph, { ...dataset, path: '/users' });
    expect(rows.size).toBe(100);
    expect([...unread.keys()]).toEqual(['jobTitle']);
  });

  it('after a restart: the links of the cursor still ask for it', async () => {
    const { graph } = open(100);
    const dataset = usersWith(['mail', 'jobTitle'], { pageSizeMax: 10, countable: false });
    const first: Page[] = [];
    for await (const page of sourceOf(graph).read(dataset, { cursor: null, signal })) {
      first.push(page);
      if (first.length === 3) break;
    }
    const isJobTitle = reads('jobTitle');
    const faulty = refusing(graph, (url) => (isJobTitle(url) || url.includes('skiptoken') ? BAD : null));
    const { rows, unread } = await read(faulty.graph, dataset, { cursor: first[2]?.cursor ?? null }).catch(() => ({
      rows: null,
      unread: null,
    }));
    // Links of later pages are refused whatever they select: nothing is proven, so nothing is left out.
    expect([rows, unread]).toEqual([null, null]);
    const honest = refusing(graph, (url) => (isJobTitle(url) ? BAD : null));
    const rest = await read(honest.graph, dataset, { cursor: first[2]?.cursor ?? null });
    expect([...rest.unread.keys()]).toEqual(['jobTitle']);
    expect(rest.rows.size).toBeGreaterThanOrEqual(70);
  });

  it('costs members of a relationship that column alone', async () => {
    const { graph } = open(60);
    const isMail = reads('mail');
    const bad = { error: { code: 'Request_BadRequest', message: 'Invalid request.' } };
    const send: GraphClient['send'] = async (request) => {
      if (!request.url.endsWith('$batch')) {
        if (isMail(decodeURIComponent(request.url))) throw toGraphError({ status: 400, headers: {}, body: bad }, new Date());
        return graph.send(request);
      }
      const { requests } = JSON.parse(String(request.body)) as { requests: { id: string; url: string }[] };
      const refused = requests.filter(({ url }) => isMail(decodeURIComponent(url)));
      const passing = requests.filter((item) => !refused.includes(item));
      const answer = await graph.send({ ...request, body: JSON.stringify({ requests: passing }) });
      const { responses } = JSON.parse(Buffer.from(answer.body).toString('utf8')) as { responses: object[] };
      const body = { responses: [...responses, ...refused.map(({ id }) => ({ id, status: 400, body: bad }))] };
      const bytes = Buffer.from(JSON.stringify(body));
      request.inspectResponse?.({ status: 200, headers: {}, body: bytes });
      return { ...answer, body: bytes };
    };
    const { rows, unread } = await read({ ...graph, send }, CHILDREN);
    const whole = await read(graph, CHILDREN);
    expect([...rows.keys()].sort()).toEqual([...whole.rows.keys()].sort());
    expect(rows.size).toBeGreaterThan(20);
    expect([...unread.keys()]).toEqual(['mail']);
  });

  it('is never the property that the rows of a child table are in', async () => {
    const { graph } = open();
    const isItems = reads('assignedLicenses');
    const faulty = refusing(graph, (url) => (isItems(url) ? BAD : null));
    const dataset: DatasetDefinition = {
      ...usersWith(['assignedLicenses[].skuId']),
      kind: 'child',
      child: { dataset: 'users', sourcePath: 'assignedLicenses' },
    };
    await expect(read(faulty.graph, dataset)).rejects.toMatchObject({ code: 'graph-refused' });
  });
});

describe('one refusal proves nothing', () => {
  const dataset = usersWith(['mail', 'jobTitle', 'department', 'signInActivity'], { pageSizeMax: 10, countable: false });

  describe.each([
    ['a missing licence', LICENCE],
    ['"Unsupported Query."', UNSUPPORTED],
    ['UnknownError', UNKNOWN],
    ['a bad request', BAD],
  ])('%s', (_, refusal) => {
    it.each([2, 3].flatMap((every) => Array.from({ length: every }, (_unused, phase) => [every, phase] as const)))(
      'of every %dth request, from request %d on: no column is left out',
      async (every, phase) => {
        const { graph } = open(60);
        const faulty = refusing(graph, (_url, index) => (index % every === phase ? refusal : null));
        const { rows, unread } = await read(faulty.graph, dataset);
        expect([...unread]).toEqual([]);
        expect(rows.size).toBe(60);
        expect([...rows.values()].every((row) => 'jobTitle' in row)).toBe(true);
      },
    );

    it.each([1, 2, 3, 4, 5])('at random (seed %d): the rows are whole, or the dataset fails in words', async (seed) => {
      const { graph } = open(60);
      const random = seededRandom(seed);
      const faulty = refusing(graph, () => (random() < 0.5 ? refusal : null));
      const result = await read(faulty.graph, dataset).catch((error: unknown) => error);
      if (result instanceof Error) expect(result).toMatchObject({ problem: { code: expect.any(String) } });
      else expect(result).toMatchObject({ unread: new Map() });
      expect(faulty.count()).toBeLessThan(1500);
    });
  });

  it('a refusal that never ends and says nothing of the request fails in its words, and is not halved', async () => {
    const { graph } = open();
    const isJobTitle = reads('jobTitle');
    const faulty = refusing(graph, (url) => (isJobTitle(url) ? UNKNOWN : null));
    await expect(read(faulty.graph, dataset)).rejects.toMatchObject({ graphCode: 'UnknownError' });
    expect(faulty.count()).toBeLessThan(10);
  });

  it('a column that the last run read needs more proof than one that it did not', async () => {
    const isJobTitle = reads('jobTitle');
    const cost = async (readBefore: ReadonlySet<string>) => {
      const { graph } = open();
      const alone: string[] = [];
      const faulty = refusing(graph, (url) => {
        if (url.includes('$select=id,jobTitle&')) alone.push(url);
        return isJobTitle(url) ? LICENCE : null;
      });
      const { unread } = await read(faulty.graph, usersWith(['mail', 'jobTitle']), { readBefore });
      expect([...unread.keys()]).toEqual(['jobTitle']);
      return alone.length;
    };
    expect(await cost(new Set())).toBe(3);
    expect(await cost(new Set(['jobTitle']))).toBe(5);
  });

  it('what ends while it is looked for is not left out', async () => {
    const { graph } = open();
    const isJobTitle = reads('jobTitle');
    for (const times of [1, 2, 3, 4, 5, 6, 7, 8]) {
      let left = times;
      const faulty = refusing(graph, (url) => (isJobTitle(url) && left-- > 0 ? LICENCE : null));
      const { rows, unread } = await read(faulty.graph, usersWith(['mail', 'jobTitle']));
      expect([...unread], `refused ${times} times`).toEqual([]);
      expect([...rows.values()].every((row) => 'jobTitle' in row)).toBe(true);
    }
  });

  it('the requests that the search costs are counted and bounded', async () => {
    const { graph, asked } = open();
    const names = Array.from({ length: 40 }, (_, index) => `extension_x_c${index}`);
    const faulty = refusing(graph, (url) => (/extension_x_c\d*[13579]/.test(url) ? BAD : null));
    const result = await read(faulty.graph, usersWith(names)).catch((error: unknown) => error);
    expect(result).toMatchObject({ graphCode: 'Request_BadRequest' });
    expect(asked.length + faulty.count()).toBeLessThan(400);
    const small = refusing(graph, (url) => (reads('jobTitle')(url) ? BAD : null));
    const { requests } = await read(small.graph, usersWith(['mail', 'jobTitle'], { countable: false }));
    expect(requests).toBe(small.count());
  });
});

describe('sign-in activity', () => {
  const dataset = usersWith(['userPrincipalName', 'signInActivity'], { pageSizeMax: 10 });
  const isActivity = reads('signInActivity');

  it.each([0, 1, 5])('refused for good from its page %d on is unread, and everything else is read', async (from) => {
    const { graph } = open(60);
    let pages = 0;
    const faulty = refusing(graph, (url) => (isActivity(url) && pages++ >= from ? LICENCE : null));
    const { rows, unread } = await read(faulty.graph, dataset);
    expect([...unread.keys()]).toEqual(['signInActivity']);
    expect(rows.size).toBe(60);
    expect([...rows.values()].some((row) => 'signInActivity' in row)).toBe(false);
  });

  it.each([1, 2])('refused %d times in the middle of its pass is read', async (times) => {
    const { graph } = open(60);
    let pages = 0;
    const faulty = refusing(graph, (url) => (isActivity(url) && pages++ >= 2 && pages < 3 + times ? LICENCE : null));
    const { rows, unread } = await read(faulty.graph, dataset);
    expect([...unread]).toEqual([]);
    expect([...rows.values()].filter((row) => 'signInActivity' in row).length).toBeGreaterThan(10);
  });
});
