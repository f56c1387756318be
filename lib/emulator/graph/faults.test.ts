import { afterAll, afterEach, expect, test } from 'vitest';
import { createGraphRig } from './testing/graph-rig.ts';

const rig = createGraphRig(60);
afterEach(() => rig.faults.set(null));
afterAll(rig.close);

test('pages are no larger than the server likes, and still add up', async () => {
  const whole = (await rig.call('/users?$top=999&$select=id')).json.value.map(({ id }) => id);
  rig.faults.set({ pageSizeMax: 25 });
  const ids: string[] = [];
  for (let next: string | undefined = '/users?$top=999&$select=id'; next !== undefined; ) {
    const answer: Awaited<ReturnType<typeof rig.call>> = await rig.call(next);
    expect(answer.json.value.length).toBeLessThanOrEqual(25);
    ids.push(...answer.json.value.map(({ id }) => id));
    next = answer.json['@odata.nextLink'];
  }
  expect(ids).toEqual(whole);
});

test('the first links to a next page expire, the ones after them hold', async () => {
  rig.faults.set({ pageSizeMax: 25, expirePageTokens: 2 });
  const link = async (): Promise<string> => (await rig.call('/users?$select=id')).json['@odata.nextLink'];
  const follow = async (): Promise<string | number> => {
    const { status, json } = await rig.call(await link());
    return status === 400 ? json.error.code : status;
  };
  expect([await follow(), await follow(), await follow()]).toEqual([
    'Directory_ExpiredPageToken',
    'Directory_ExpiredPageToken',
    200,
  ]);
});

test('a tenant without the licence is refused by its own code, on those paths alone', async () => {
  rig.faults.set({ unlicensed: '^auditLogs/' });
  const { status, json } = await rig.call('/auditLogs/signIns');
  expect([status, json.error.code]).toEqual([403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant']);
  expect((await rig.call('/organization')).status).toBe(200);
});

test('a token that was used up is challenged for a newer one', async () => {
  rig.faults.set({ challengeAfter: 2 });
  const scopes = 'User.Read.All Organization.Read.All';
  const call = () => rig.call('/users?$top=1', { scopes });
  expect([(await call()).status, (await call()).status]).toEqual([200, 200]);
  const refused = await call();
  expect(refused.status).toBe(401);
  const header = refused.headers['www-authenticate'] ?? '';
  expect(header).toContain('error="insufficient_claims"');
  const claims = /claims="([^"]+)"/.exec(header)?.[1] ?? '';
  expect(JSON.parse(Buffer.from(claims, 'base64').toString('utf8'))).toEqual({
    access_token: { nbf: { essential: true, value: String(rig.clock.at.getTime() / 1000) } },
  });
  expect((await rig.call('/users?$top=1', { scopes: 'User.Read.All' })).status).toBe(200);
});

test('the tenant changes while it is read, as often as was asked for', async () => {
  const { round } = rig.tenant;
  rig.faults.set({ changeWhileReading: { everyNth: 2, times: 2, changes: { hireUsers: 1, removeUsers: 0 } } });
  for (let i = 0; i < 10; i++) await rig.call('/organization');
  expect(rig.tenant.round).toBe(round + 2);
});
