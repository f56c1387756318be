import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createGraphRig } from '../testing/graph-rig.ts';

const rig = createGraphRig(60);
afterEach(() => rig.faults.set(null));
afterAll(rig.close);

const EVENTUAL = { headers: { consistencylevel: 'eventual' } };
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const batch = (...urls: string[]) => ({
  method: 'POST',
  body: { requests: urls.map((url, index) => ({ id: String(index + 1), method: 'GET', url })) },
});

describe('a byte order mark', () => {
  const CASES = {
    'a list': () => rig.call('/users?$top=5'),
    'an object': () => rig.call('/me'),
    'a count': () => rig.call('/users/$count', EVENTUAL),
    'an error': () => rig.call('/users?$select=nope'),
    'the envelope of a batch': () => rig.call('/$batch', batch('/me')),
    'a delta round': () => rig.call('/users/delta'),
  } as const;

  test.each(Object.entries(CASES))('begins %s', async (_, call) => {
    const plain = await call();
    rig.faults.set({ byteOrderMark: true });
    const marked = await call();
    expect(marked.status).toBe(plain.status);
    expect(Buffer.from(marked.text).subarray(0, 3)).toEqual(MARK);
    expect(Buffer.from(plain.text).subarray(0, 3)).not.toEqual(MARK);
  });

  test('is not in the items of a batch', async () => {
    rig.faults.set({ byteOrderMark: true });
    const { text } = await rig.call('/$batch', batch('/me'));
    expect(JSON.parse(text.slice(1)).responses[0].body.id).toEqual(expect.any(String));
  });
});

test.each(['application/json; odata.metadata=minimal; charset=UTF-8', 'text/plain', 'text/json;CHARSET="utf-8"'])(
  'JSON comes as %s, errors and items of a batch, too',
  async (contentType) => {
    rig.faults.set({ contentType });
    expect((await rig.call('/users?$top=1')).headers['content-type']).toBe(contentType);
    expect((await rig.call('/nothing')).headers['content-type']).toBe(contentType);
    const { text } = await rig.call('/$batch', batch('/me'));
    expect(JSON.parse(text).responses[0]).toMatchObject({
      headers: { 'content-type': contentType },
      body: { id: expect.any(String) },
    });
    expect((await rig.call('/users/$count', EVENTUAL)).headers['content-type']).toBe('text/plain');
  },
);

test('the last page says that its next link is null; pages before it have one', async () => {
  rig.faults.set({ nullNextLink: true, pageSizeMax: 40 });
  const first = (await rig.call('/users?$select=id')).json;
  const last = (await rig.call(first['@odata.nextLink'])).json;
  expect('@odata.nextLink' in last && last['@odata.nextLink']).toBeNull();
  const round = (await rig.call('/users/delta?$select=id')).json;
  expect(round['@odata.nextLink']).toBeNull();
  expect(round['@odata.deltaLink']).toContain('$deltatoken=');
});

test('the envelope of a batch has another status than its items', async () => {
  rig.faults.set({ batchStatus: 503 });
  const { status, json } = await rig.call('/$batch', batch('/me', '/nothing'));
  expect(status).toBe(503);
  expect(Object.fromEntries(json.responses.map((item) => [item.id, item.status]))).toEqual({ 1: 200, 2: 400 });
});

test('every nth item of a batch has a body of null', async () => {
  rig.faults.set({ nullBatchBodies: { everyNth: 2 } });
  const { responses } = (await rig.call('/$batch', batch('/me', '/me', '/me', '/me'))).json;
  expect(responses.map(({ body }) => body === null)).toEqual([false, true, false, true]);
});
