import { describe, expect, test } from 'vitest';
import { CHAINS_MAX } from '#lib/domain/dataset/partition.ts';
import { createStubClient, graphErrorBody, STUB_BASE_URL, type StubAnswer } from '#lib/graph/testing/stub-client.ts';
import {
  type PartPage,
  type PartRepair,
  type PartStart,
  type PartState,
  type ReadPartsOptions,
  readParts,
} from './read-parts.ts';

interface Position {
  readonly filter: string;
  readonly page: number;
}

const urlOf = (filter: string): string => `${STUB_BASE_URL}/users?$filter=${filter}`;
const part = (filter: string, rows = 1, fallbacks?: readonly PartStart[]): PartStart => ({
  ...{ filter, link: null, rows },
  ...(fallbacks === undefined ? {} : { fallbacks }),
});

function positionOf(url: string): Position {
  const { searchParams } = new URL(url);
  return { filter: searchParams.get('$filter') ?? '', page: Number(searchParams.get('page') ?? 0) };
}

/** A collection whose part `x` has `pages[x]` pages of one row each, `x0`, `x1`, ...; `refuse` may answer instead. */
function createReader(pages: Readonly<Record<string, number>>, refuse: (position: Position) => StubAnswer | null = () => null) {
  const stub = createStubClient(({ url }) => {
    const position = positionOf(url);
    const { filter, page } = position;
    const link = page + 1 < (pages[filter] ?? 1) ? { '@odata.nextLink': `${urlOf(filter)}&page=${page + 1}` } : {};
    return refuse(position) ?? { body: { ...link, value: [{ id: `${filter}${page}` }] } };
  });
  const read = (
    start: { readonly ready: readonly PartStart[]; readonly open?: readonly PartState[] },
    options: Partial<ReadPartsOptions> = {},
    found: Parameters<typeof readParts>[2] = null,
  ): AsyncGenerator<PartPage> =>
    readParts(
      {
        client: stub.graph,
        urlOf,
        headers: {},
        retry: async () => false,
        repair: async () => 'refused',
        restartable: true,
        signal: new AbortController().signal,
        ...options,
      },
      { open: [], ...start },
      found,
    );
  return { read, urls: stub.urls };
}

function idsOf({ body }: PartPage): string[] {
  return (JSON.parse(Buffer.from(body).toString()) as { value: { id: string }[] }).value.map(({ id }) => id);
}

const allIds = (pages: readonly PartPage[]): string[] => pages.flatMap(idsOf).toSorted();
const refusal = (code: string, status = 400): StubAnswer => ({ status, body: graphErrorBody(code) });

describe('parts of a collection', () => {
  const PAGES = { a: 3, b: 1, c: 4, d: 2 };
  const ALL = ['a0', 'a1', 'a2', 'b0', 'c0', 'c1', 'c2', 'c3', 'd0', 'd1'];
  const start = { ready: Object.keys(PAGES).map((filter) => part(filter)) };

  test('are read completely, every row once; the last page has nothing remaining', async () => {
    const pages = await Array.fromAsync(createReader(PAGES).read(start));
    expect(allIds(pages)).toEqual(ALL);
    expect(pages.map(({ remaining }) => remaining.length === 0)).toEqual(pages.map((_, index) => index === pages.length - 1));
  });

  test.each(ALL.map((_, index) => index))(
    'resume after page %i without a missing row or a row that comes twice',
    async (stop) => {
      const kept: PartPage[] = [];
      for await (const page of createReader(PAGES).read(start)) {
        kept.push(page);
        if (kept.length > stop) break;
      }
      const remaining = kept.at(-1)?.remaining ?? [];
      const rest = createReader(PAGES).read({ ready: remaining.map((state) => ({ ...state, rows: 1 })) });
      const pages = remaining.length === 0 ? [] : await Array.fromAsync(rest);
      expect(allIds([...kept, ...pages])).toEqual(ALL);
    },
  );

  test('are started with the largest, at most CHAINS_MAX concurrently', async () => {
    const ready = Array.from({ length: CHAINS_MAX + 5 }, (_, index) => part(`p${index}`, index));
    const { read, urls } = createReader({});
    const reading = read({ ready });
    await reading.next();
    const first = urls.slice(0, CHAINS_MAX).map((url) => positionOf(url).filter);
    expect(first).toEqual(
      ready
        .slice(-CHAINS_MAX)
        .map(({ filter }) => filter)
        .toReversed(),
    );
    expect(allIds(await Array.fromAsync(reading))).toHaveLength(CHAINS_MAX + 4);
  });

  test('that are found meanwhile replace the open ones they come from', async () => {
    async function* found() {
      yield { ready: [part('x')], open: [{ filter: 'y', link: null }] };
      yield { ready: [part('y1'), part('y2')], open: [] };
    }
    const { read, urls } = createReader({});
    const pages = await Array.fromAsync(read({ ready: [part('a')], open: [{ filter: 'xy', link: null }] }, {}, found()));
    expect(allIds(pages)).toEqual(['a0', 'x0', 'y10', 'y20']);
    expect(urls.map((url) => positionOf(url).filter)).not.toContain('xy');
    expect(pages.at(-1)?.remaining).toEqual([]);
  });

  test('fail with the error of the search for parts', async () => {
    async function* found() {
      yield { ready: [], open: [{ filter: 'y', link: null }] };
      throw new TypeError('search failed');
    }
    const reading = createReader({}).read({ ready: [], open: [{ filter: 'xy', link: null }] }, {}, found());
    await expect(Array.fromAsync(reading)).rejects.toThrow('search failed');
  });

  test('without any row make one empty page, so that the end is seen', async () => {
    const pages = await Array.fromAsync(createReader({}).read({ ready: [] }));
    expect(pages.map((page) => [idsOf(page), page.remaining])).toEqual([[[], []]]);
  });
});

describe('a refused page', () => {
  test('of a filter with fallbacks is not requested again: the fallbacks are read', async () => {
    const { read, urls } = createReader({}, ({ filter }) => (filter === 'bad' ? refusal('Request_UnsupportedQuery') : null));
    const pages = await Array.fromAsync(
      read({ ready: [part('bad', 9, [part('f'), part('g')])] }, { retry: async () => true, repair: async () => 'again' }),
    );
    expect(allIds(pages)).toEqual(['f0', 'g0']);
    expect(urls.filter((url) => positionOf(url).filter === 'bad')).toHaveLength(1);
  });

  test('is requested again while `retry` says so', async () => {
    let refusals = 0;
    const { read } = createReader({ a: 2 }, ({ page }) => (page === 1 && refusals++ < 2 ? refusal('Request_BadRequest') : null));
    const pages = await Array.fromAsync(read({ ready: [part('a')] }, { retry: async () => true }));
    expect(allIds(pages)).toEqual(['a0', 'a1']);
    expect(pages.reduce((sum, { requests }) => sum + requests, 0)).toBe(4);
  });

  test('is read from the start of its part when the repair leaves columns out', async () => {
    let isRepaired = false;
    const { read } = createReader({ a: 2 }, ({ page }) => (page === 1 && !isRepaired ? refusal('Request_BadRequest') : null));
    const repair = async (): Promise<PartRepair> => {
      isRepaired = true;
      return 'fewer';
    };
    expect(allIds(await Array.fromAsync(read({ ready: [part('a')] }, { repair })))).toEqual(['a0', 'a0', 'a1']);
  });

  test.each<readonly [string, PartRepair, boolean]>([
    ['stays refused', 'refused', true],
    ['may not be restarted', 'fewer', false],
    ['is refused after every repair', 'again', true],
  ])('that %s fails the reading with its error', async (_, repaired, restartable) => {
    const options = { repair: async () => repaired, restartable };
    const { read } = createReader({ a: 2 }, ({ page }) => (page === 1 ? refusal('Request_BadRequest') : null));
    await expect(Array.fromAsync(read({ ready: [part('a')] }, options))).rejects.toMatchObject({ code: 'graph-refused' });
  });
});

describe('an expired link', () => {
  const expire = (times: number) => {
    let expired = 0;
    return ({ page }: Position) => (page === 1 && expired++ < times ? refusal('Directory_ExpiredPageToken') : null);
  };

  test('restarts its part, and a note says so', async () => {
    const pages = await Array.fromAsync(createReader({ a: 2, b: 1 }, expire(1)).read({ ready: [part('a'), part('b')] }));
    expect(new Set(allIds(pages))).toEqual(new Set(['a0', 'a1', 'b0']));
    expect(pages.flatMap(({ notes }) => notes)).toEqual([expect.stringContaining('read this part again from its start')]);
  });

  test.each([
    ['more than three times', 4, true],
    ['when rows can not be identified', 1, false],
  ])('fails the reading %s', async (_, times, restartable) => {
    const reading = createReader({ a: 2 }, expire(times)).read({ ready: [part('a')] }, { restartable });
    await expect(Array.fromAsync(reading)).rejects.toMatchObject({ code: 'page-token-expired' });
  });
});

test('a reader that is left early sends no further requests', async () => {
  const { read, urls } = createReader({ a: 1000 });
  for await (const page of read({ ready: [part('a')] })) if (idsOf(page)[0] === 'a2') break;
  const sent = urls.length;
  await new Promise((resolve) => setImmediate(resolve));
  expect(urls.length - sent).toBeLessThanOrEqual(1);
  expect(sent).toBeLessThan(100);
});
