import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createGraphRig } from '../testing/graph-rig.ts';

const rig = createGraphRig(60);
afterEach(() => rig.faults.set(null));
afterAll(rig.close);

const ACTIVITY = { property: 'signInActivity' } as const;
const LICENCE = 'Authentication_RequestFromNonPremiumTenantOrB2CTenant';

async function codeOf(path: string): Promise<string | number> {
  const { status, json } = await rig.call(path);
  return status === 200 ? status : json.error.code;
}

async function nextOf(path: string): Promise<string> {
  return (await rig.call(path)).json['@odata.nextLink'];
}

describe('a refused property', () => {
  test('is refused wherever $select names it, and nowhere else', async () => {
    rig.faults.set({ refuseProperties: [ACTIVITY] });
    expect(await codeOf('/users?$select=id,SIGNINACTIVITY')).toBe(LICENCE);
    expect(await codeOf('/users?$select=id,displayName')).toBe(200);
    expect((await rig.call('/users?$select=id,signInActivity')).status).toBe(403);
  });

  test('is refused without $select where it comes by default', async () => {
    rig.faults.set({ refuseProperties: [{ property: 'jobTitle', status: 501, code: 'NotImplemented', message: 'No.' }] });
    expect(await codeOf('/users')).toBe('NotImplemented');
    expect(await codeOf('/groups')).toBe(200);
    expect(await codeOf('/users?$select=id')).toBe(200);
  });

  test('is refused from the middle of a pass on, behind a next link', async () => {
    rig.faults.set({ pageSizeMax: 20, refuseProperties: [{ ...ACTIVITY, fromRequest: 2 }] });
    const next = await nextOf('/users?$select=id,signInActivity');
    expect([await codeOf(next), await codeOf(next)]).toEqual([LICENCE, LICENCE]);
  });

  test('is refused so many times at most, or every nth time', async () => {
    const path = '/users?$select=id,signInActivity';
    const codes = async (): Promise<(string | number)[]> => [
      await codeOf(path),
      await codeOf(path),
      await codeOf(path),
      await codeOf(path),
    ];
    rig.faults.set({ refuseProperties: [{ ...ACTIVITY, times: 1 }] });
    expect(await codes()).toEqual([LICENCE, 200, 200, 200]);
    rig.faults.set({ refuseProperties: [{ ...ACTIVITY, everyNth: 2 }] });
    expect(await codes()).toEqual([200, LICENCE, 200, LICENCE]);
    rig.faults.set({ refuseProperties: [{ ...ACTIVITY, path: '^groups' }] });
    expect(await codes()).toEqual([200, 200, 200, 200]);
  });

  test('is refused in items of a batch and in delta rounds, whose later links name no property', async () => {
    const first = (await rig.call('/users/delta?$select=id,jobTitle')).json;
    rig.faults.set({ refuseProperties: [{ property: 'jobTitle' }] });
    const requests = ['/users?$select=id,jobTitle', '/users?$select=id'].map((url, id) => ({
      id: String(id),
      method: 'GET',
      url,
    }));
    const { responses } = (await rig.call('/$batch', { method: 'POST', body: { requests } })).json;
    expect(Object.fromEntries(responses.map(({ id, status }) => [id, status]))).toEqual({ 0: 403, 1: 200 });
    expect(await codeOf('/users/delta?$select=id,jobTitle')).toBe(LICENCE);
    expect(await codeOf(first['@odata.deltaLink'])).toBe(LICENCE);
    expect(await codeOf('/users/delta?$select=id')).toBe(200);
  });
});

test('a passing refusal is gone when the request comes again', async () => {
  rig.faults.set({ passingRefusals: [{ path: '^users$', everyNth: 2 }] });
  const answers = [await rig.call('/users'), await rig.call('/users'), await rig.call('/users')];
  expect(answers.map(({ status }) => status)).toEqual([200, 400, 200]);
  expect(answers[1]?.json.error).toMatchObject({ code: 'UnknownError', message: 'Unsupported Query.' });
  expect((await rig.call('/groups')).status).toBe(200);
});

test('the children of an object that exists answer 404 once for each parent, or always', async () => {
  const ids = (await rig.call('/groups?$select=id')).json.value.slice(0, 2).map(({ id }) => id);
  const statuses = async (): Promise<number[]> =>
    Promise.all(ids.map(async (id) => (await rig.call(`/groups/${id}/members?$select=id`)).status));
  rig.faults.set({ missingParents: [{ path: '^groups/[^/]+/members$', times: 1 }] });
  expect([await statuses(), await statuses()]).toEqual([
    [404, 404],
    [200, 200],
  ]);
  rig.faults.set({ missingParents: [{ path: `^groups/${ids[0]}/members$` }] });
  expect([await statuses(), await statuses()]).toEqual([
    [404, 200],
    [404, 200],
  ]);
});

test('permissions that were taken back no longer count, whatever the token names', async () => {
  rig.faults.set({ revokedPermissions: ['User.Read.All', 'Directory.Read.All', 'User.ReadBasic.All'] });
  expect(await codeOf('/users')).toBe('Authorization_RequestDenied');
  expect(await codeOf('/groups')).toBe(200);
});

test('a pattern that is no regular expression is refused', () => {
  expect(() => rig.faults.set({ passingRefusals: [{ path: '(' }] })).toThrow('is no regular expression');
});
