import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { createStubClient, graphErrorBody, STUB_BASE_URL } from '#lib/graph/testing/stub-client.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { ChildReading, type ChildReadingOptions } from './child-reading.ts';
import type { HiddenMembers } from './hidden-members.ts';

const made = fakeDataset({ '@parent.id': 'string', id: 'string' }, { key: ['@parent.id', 'id'] });
const DATASET: DatasetDefinition = {
  ...made,
  kind: 'relationship',
  path: '/groups/{id}/members',
  parent: { path: '/groups', column: 'group_id' },
};

/** An answer: ids of rows, with the name of the page that follows; or a status. */
type Answer = number | { readonly ids: readonly string[]; readonly count?: number; readonly next?: string };

interface Script {
  /** Answers to the requests for the members of each group, in their order; the last one again and again. */
  readonly members: Readonly<Record<string, readonly Answer[]>>;
  /** What a group itself is answered with. */
  readonly groups?: Readonly<Record<string, 200 | 404 | 500>>;
}

const linkOf = (group: string, next: string) => `${STUB_BASE_URL}/groups/${group}/members?$skiptoken=${next}`;

function answerOf(group: string, answer: Answer) {
  if (typeof answer === 'number')
    return { status: answer, body: graphErrorBody(answer === 404 ? 'Request_ResourceNotFound' : 'Request_Denied', 'No.') };
  const { ids, count, next } = answer;
  const link = next === undefined ? {} : { '@odata.nextLink': linkOf(group, next) };
  const counted = count === undefined ? {} : { '@odata.count': count };
  return { status: 200, body: { ...counted, ...link, value: ids.map((id) => ({ id })) } };
}

/** Graph as the script has it, for single requests and for the items of a batch. */
function stubGraph({ members, groups = {} }: Script) {
  const turns = new Map<string, number>();
  const one = (url: string) => {
    const [, group = '', isMembers] = /^\/groups\/([^/?]+)(\/members)?/.exec(url) ?? [];
    if (isMembers === undefined) return answerOf(group, groups[group] === 200 ? { ids: [] } : (groups[group] ?? 404));
    const answers = members[group] ?? [];
    const turn = turns.get(group) ?? 0;
    turns.set(group, turn + 1);
    return answerOf(group, answers[Math.min(turn, answers.length - 1)] ?? 404);
  };
  return createStubClient(({ url, body }) => {
    if (!url.endsWith('/$batch')) return one(url.slice(STUB_BASE_URL.length));
    const { requests } = JSON.parse(body ?? '') as { requests: readonly { id: string; url: string }[] };
    return { body: { responses: requests.map((request) => ({ id: request.id, ...one(request.url) })) } };
  });
}

interface Case extends Script {
  readonly options?: Partial<ChildReadingOptions>;
  readonly dataset?: Partial<DatasetDefinition['read']>;
  /** Where the groups begin; null: with their first page. */
  readonly links?: Readonly<Record<string, string | null>>;
}

async function read({ options = {}, dataset = {}, links, ...script }: Case) {
  const { graph } = stubGraph(script);
  const signal = new AbortController().signal;
  const read = { ...DATASET.read, ...dataset };
  const reading = new ChildReading(graph, { ...DATASET, read }, { signal, waitsMs: [0], ...options });
  reading.begin(new Map(Object.entries(links ?? Object.fromEntries(Object.keys(script.members).map((id) => [id, null])))));
  reading.end();
  const found = { rows: [] as string[], failed: [] as string[], unproven: [] as string[], notes: [] as string[] };
  for await (const page of reading.pages()) {
    const { value } = JSON.parse(Buffer.from(page.body).toString('utf8')) as { value: Record<string, string>[] };
    found.rows.push(...value.map((row) => `${row['@parent.id']}/${row['id']}`));
    found.failed.push(...(page.failed ?? []).map(({ id, reason }) => `${id}: ${reason}`));
    found.unproven.push(...(page.unproven ?? []).map(({ id, reason }) => `${id}: ${reason}`));
    found.notes.push(...(page.notes ?? []));
  }
  return { ...found, rows: found.rows.toSorted(), left: [...reading.unfinished.keys()], refusal: reading.refusal?.code ?? null };
}

const HIDDEN: HiddenMembers = { ids: ['1'], requests: 1, why: () => 'hidden membership' };

const NOTHING = { rows: [], failed: [], unproven: [], notes: [], left: [], refusal: null };

describe('the children of parents', () => {
  test.each<[string, Case, Partial<typeof NOTHING> | object]>([
    ['one page each', { members: { 1: [{ ids: ['a'] }], 2: [{ ids: ['b', 'c'] }] } }, { rows: ['1/a', '2/b', '2/c'] }],
    [
      'a parent of several pages is read to its last link',
      { members: { 1: [{ ids: ['a'], next: '2' }, { ids: ['b'], next: '3' }, { ids: ['c'] }] } },
      { rows: ['1/a', '1/b', '1/c'] },
    ],
    [
      'a parent that is gone on with begins at its link',
      { members: { 1: [{ ids: ['b'] }] }, links: { 1: linkOf('1', '2') } },
      { rows: ['1/b'] },
    ],
    [
      'an answer below the count of Graph is read again, and its rows come once',
      {
        members: {
          1: [
            { ids: ['a'], count: 2 },
            { ids: ['a', 'b'], count: 2 },
          ],
        },
        dataset: { advancedQuery: true },
      },
      { rows: ['1/a', '1/b'] },
    ],
    [
      'an empty answer that proves nothing leaves the parent unproven',
      { members: { 1: [{ ids: [] }] }, options: { hidden: HIDDEN } },
      { unproven: ['1: hidden membership'] },
    ],
    [
      'an empty answer waits until it is known what it proves; rows do not',
      { members: { 1: [{ ids: [] }], 2: [{ ids: ['b'] }] }, options: { hidden: later(20, HIDDEN) } },
      { rows: ['2/b'], unproven: ['1: hidden membership'] },
    ],
    [
      'the last page of a parent may be empty before that is known',
      { members: { 1: [{ ids: ['a'], next: '2' }, { ids: [] }] }, options: { hidden: later(20, HIDDEN) } },
      { rows: ['1/a'] },
    ],
    [
      'a parent that is not there any more has no rows, and a note says so',
      { members: { 1: [404], 2: [{ ids: ['b'] }] }, groups: { 1: 404 } },
      { rows: ['2/b'], notes: ['/groups/1 was deleted while reading; it has no rows.'] },
    ],
    ['a 404 of a relationship to one object is no row, and no note', { members: { 1: [404] }, dataset: { single: true } }, {}],
    [
      'a parent that is refused for good has failed; the others are read',
      { members: { 1: [403], 2: [{ ids: ['b'] }] } },
      { rows: ['2/b'], failed: ['1: 403: No.'] },
    ],
    [
      'where every parent is refused there is a refusal',
      { members: { 1: [403], 2: [403] } },
      { failed: ['1: 403: No.', '2: 403: No.'], refusal: 'missing-permission' },
    ],
  ])('%s', async (_, script, expected) => {
    const { failed, ...found } = await read(script);
    expect({ ...found, failed: failed.toSorted() }).toEqual({ ...NOTHING, ...expected });
  });
});

test('parents left at an abort are the unfinished ones, with the links to go on from', async () => {
  const { graph } = stubGraph({ members: { 1: [{ ids: ['a'], next: '2' }] } });
  const stop = new AbortController();
  const reading = new ChildReading(graph, DATASET, { signal: stop.signal, waitsMs: [0] });
  reading.begin(
    new Map([
      ['1', linkOf('1', '1')],
      ['2', null],
    ]),
  );
  expect(reading.unfinished).toEqual(
    new Map([
      ['1', linkOf('1', '1')],
      ['2', null],
    ]),
  );
  stop.abort();
});

test('a link to another host fails, and is not followed', () => {
  const { graph, urls } = stubGraph({ members: {} });
  const reading = new ChildReading(graph, DATASET, { signal: new AbortController().signal });
  expect(() => reading.begin(new Map([['1', 'https://other.test/v1.0/groups/1/members']]))).toThrow(
    expect.objectContaining({ code: 'link-to-other-host' }),
  );
  expect(urls).toEqual([]);
});

test('one failure ends the reading with its error', async () => {
  const { graph } = stubGraph({ members: { 1: [{ ids: ['a'] }] } });
  const reading = new ChildReading(graph, DATASET, { signal: new AbortController().signal });
  reading.fail(new Error('the list of parents broke'));
  await expect(reading.pages().next()).rejects.toThrow('the list of parents broke');
});

test('where it cannot be learned what an empty answer proves, the reading ends with the reason', async () => {
  const refused = Promise.reject(new Error('the groups may not be listed'));
  const reading = read({ members: { 1: [{ ids: [] }], 2: [{ ids: ['b'] }] }, options: { hidden: refused } });
  await expect(reading).rejects.toThrow('the groups may not be listed');
});
