import { afterAll, afterEach, expect, test } from 'vitest';
import { createGraphRig } from '../testing/graph-rig.ts';

const rig = createGraphRig(20);
afterEach(() => rig.faults.set(null));
afterAll(rig.close);

test.each([
  ['page', 200, 'text/html; charset=utf-8'],
  ['json-type', 200, 'application/json; charset=utf-8'],
  ['redirect', 302, 'text/html; charset=utf-8'],
  ['proxy-sign-in', 407, 'text/html; charset=utf-8'],
  ['network-sign-in', 511, 'text/html; charset=utf-8'],
  ['gateway', 502, 'text/html; charset=utf-8'],
] as const)('%s: every request is answered %i by something that is not Graph', async (as, status, contentType) => {
  rig.faults.set({ answerHtml: [{ as }] });
  for (const path of ['/users', '/$metadata', '/users/delta', '/users/$count']) {
    const answer = await rig.call(path);
    expect([answer.status, answer.headers['content-type']]).toEqual([status, contentType]);
    expect(answer.text).toContain('<html>');
    // Every answer of Graph has a request id.
    expect(answer.headers['request-id']).toBeUndefined();
  }
});

test('a redirect names another host, a proxy its scheme', async () => {
  rig.faults.set({ answerHtml: [{ as: 'redirect', path: '^users' }, { as: 'proxy-sign-in' }] });
  expect(new URL((await rig.call('/users')).headers['location'] ?? '').hostname).toBe('portal.example');
  expect((await rig.call('/groups')).headers['proxy-authenticate']).toContain('Basic');
});

test('some answers only, of some paths only', async () => {
  rig.faults.set({ answerHtml: [{ path: '^users', everyNth: 2 }] });
  const statuses: (string | undefined)[] = [];
  for (let i = 0; i < 4; i++) statuses.push((await rig.call('/users')).headers['content-type']?.split(';')[0]);
  expect(statuses).toEqual(['application/json', 'text/html', 'application/json', 'text/html']);
  expect((await rig.call('/groups')).status).toBe(200);
});

test('a batch is answered as a whole', async () => {
  rig.faults.set({ answerHtml: [{ path: '^\\$batch$' }] });
  const body = { requests: [{ id: '1', method: 'GET', url: '/me' }] };
  expect((await rig.call('/$batch', { method: 'POST', body })).text).toContain('<html>');
  expect((await rig.call('/me')).status).toBe(200);
});
