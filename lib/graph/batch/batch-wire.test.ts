import { describe, expect, it } from 'vitest';
import { createGraphClient } from '#lib/graph/client/client.ts';
import { postBatch } from './batch-wire.ts';

/** The answers of a batch whose items have these bodies, each with status 200. */
async function answersOf(...bodies: readonly unknown[]) {
  const responses = bodies.map((body, index) => ({ id: String(index), status: 200, headers: {}, body }));
  const client = createGraphClient({
    http: {
      send: async () => ({ status: 200, headers: {}, body: Buffer.from(JSON.stringify({ responses })) }),
      close: async () => undefined,
    },
    clock: { now: () => new Date(0) },
    baseUrl: 'https://localhost:1/v1.0',
    accessToken: async () => 'token',
  });
  const items = bodies.map((_, index) => ({ url: `/groups/${index}/members` }));
  const { answers } = await postBatch(client, items, { signal: new AbortController().signal });
  return answers;
}

describe('an item with status 200', () => {
  it.each([
    ['in place of the rows', { error: { code: 'UnknownError', message: '' } }],
    ['behind the rows', { '@odata.context': 'x', value: [{ id: '1' }], error: { code: 'UnknownError', message: '' } }],
  ])('that holds an error %s failed, and may be sent again', async (_, body) => {
    const [answer] = await answersOf(body);
    expect(answer).toMatchObject({ ok: false, error: { status: 500, graphCode: 'UnknownError', retry: 'backoff' } });
  });

  it.each([
    ['an object with a property named error', { id: '1', error: { reason: 'x' } }],
    ['rows with a property named error', { value: [{ id: '1', error: { code: 'x', message: 'y' } }] }],
    ['a list without rows', { value: [] }],
    ['a list whose error is null', { value: [], error: null }],
  ])('that holds %s passed', async (_, body) => {
    expect(await answersOf(body)).toMatchObject([{ ok: true }]);
  });

  it.each([undefined, null])('with the body %s failed, and may be sent again', async (body) => {
    expect(await answersOf(body)).toMatchObject([{ ok: false, error: { status: 503, retry: 'backoff' } }]);
  });
});
