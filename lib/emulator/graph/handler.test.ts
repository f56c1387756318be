import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createGraphRig } from './testing/graph-rig.ts';

let rig: ReturnType<typeof createGraphRig>;
beforeAll(() => {
  rig = createGraphRig();
});
afterEach(() => rig.faults.set(null));
afterAll(() => rig.close());

const EVENTUAL = { consistencylevel: 'eventual' };
const idsOf = async (path: string): Promise<string[]> => (await rig.call(path)).json.value.map((row) => row.id);

test.each([
  ['/users/%E0%A4%A', 400, 'Request_BadRequest'],
  ["/users?$filter=startsWith(jobTitle,'a')", 400, 'Request_UnsupportedQuery'],
  ["/users?$filter=startsWith(companyName,'a')", 400, 'Request_UnsupportedQuery'],
  ["/users?$filter=userPrincipalName ge 'a'", 400, 'Request_UnsupportedQuery'],
  [
    '/users?$filter=signInActivity/lastSignInDateTime le 2025-01-01T00:00:00Z and accountEnabled eq true',
    400,
    'Request_UnsupportedQuery',
  ],
  ['/auditLogs/signIns?$top=1001', 400, 'Request_UnsupportedQuery'],
  ['/subscribedSkus?$top=1', 400, 'Request_BadRequest'],
  ['/domains/nowhere.example', 404, 'Request_ResourceNotFound'],
  ['/me/nothing', 400, 'BadRequest'],
])('%s answers %i %s', async (path, status, code) => {
  const answer = await rig.call(path);
  expect([answer.status, answer.json.error.code]).toEqual([status, code]);
});

test.each([
  '/domains/alderfinch.example',
  `/me/memberOf`,
  '/me/transitiveMemberOf',
  '/me/ownedObjects',
  '/me/appRoleAssignments',
  '/me/licenseDetails',
])('%s answers', async (path) => {
  expect((await rig.call(path)).status).toBe(200);
});

test('an object of a small collection is found by its id', async () => {
  for (const path of ['/organization', '/directoryRoles', '/roleManagement/directory/roleAssignments', '/subscribedSkus']) {
    const [id] = await idsOf(path);
    const { status, json } = await rig.call(`${path}/${id}`);
    expect([status, (json as unknown as { id: string }).id]).toEqual([200, id]);
  }
});

test('owners and owned objects are the same facts', async () => {
  const owned = new Map<string, string[]>();
  for (const path of ['/groups', '/applications', '/servicePrincipals'])
    for (const id of await idsOf(`${path}?$select=id&$top=999`))
      for (const owner of await idsOf(`${path}/${id}/owners?$select=id`)) owned.set(owner, [...(owned.get(owner) ?? []), id]);
  expect(owned.size).toBeGreaterThan(5);
  for (const [user, ids] of [...owned].slice(0, 25))
    expect((await idsOf(`/users/${user}/ownedObjects?$select=id&$top=999`)).sort()).toEqual(ids.sort());
});

test('application permissions show from both of their ends', async () => {
  const [graph] = (await rig.call("/servicePrincipals?$filter=appId eq '00000003-0000-0000-c000-000000000000'")).json.value;
  const roles = new Set((graph?.['appRoles'] as { id: string }[] | undefined)?.map((role) => role.id));
  const held = (await rig.call(`/servicePrincipals/${graph?.id}/appRoleAssignedTo?$top=999`)).json.value.filter(
    (row) => row['principalType'] === 'ServicePrincipal',
  );
  expect(held.length).toBeGreaterThan(2);
  for (const row of held) {
    expect(roles).toContain(row['appRoleId']);
    expect((await rig.call(`/servicePrincipals/${row['principalId']}/appRoleAssignments`)).json.value).toContainEqual(row);
  }
});

test('getByIds finds objects of the types asked for, and refuses more than a thousand', async () => {
  const [user, group] = [(await idsOf('/users?$top=1'))[0], (await idsOf('/groups?$top=1'))[0]];
  const post = (body: unknown) => rig.call('/directoryObjects/getByIds?$select=id', { method: 'POST', body });
  const both = (await post({ ids: [user, 'nobody', group] })).json.value;
  expect(both.map((row) => row['@odata.type'])).toEqual(['#microsoft.graph.user', '#microsoft.graph.group']);
  expect((await post({ ids: [user, group], types: ['group'] })).json.value).toHaveLength(1);
  expect((await post({ ids: Array.from({ length: 1001 }, String) })).status).toBe(400);
  expect((await post({})).status).toBe(400);
});

test('User.Read opens what is the own, not what is of others', async () => {
  const other = (await idsOf('/users?$top=3'))[2];
  expect((await rig.call('/me', { scopes: 'User.Read' })).status).toBe(200);
  expect((await rig.call('/me/memberOf', { scopes: 'User.Read' })).status).toBe(200);
  expect((await rig.call(`/users/${other}/memberOf`, { scopes: 'User.Read' })).status).toBe(403);
  expect((await rig.call(`/users/${other}`, { scopes: 'User.Read' })).status).toBe(403);
});

test('members of a type that the token may not read come as type and id', async () => {
  const [group] = (await rig.call("/groups?$filter=startsWith(displayName,'Nested level 1')")).json.value;
  const members = (await rig.call(`/groups/${group?.id}/members`, { scopes: 'GroupMember.Read.All' })).json.value;
  for (const row of members.filter((member) => member['@odata.type'] === '#microsoft.graph.user'))
    expect(Object.keys(row).sort()).toEqual(['@odata.type', 'id']);
});

test('sign-in activity comes in pages of five hundred, to those who may read the logs', async () => {
  const large = createGraphRig(1200);
  const path = '/users?$select=id,signInActivity&$top=999';
  expect((await large.call(path)).json.value).toHaveLength(500);
  expect((await large.call(path, { scopes: 'User.Read.All' })).status).toBe(403);
  large.close();
});

test('counts stay true when people leave', async () => {
  const own = createGraphRig();
  own.tenant.mutate({ removeUsers: 150 });
  const units = (await own.call('/directory/administrativeUnits')).json.value.map(
    ({ id }) => `/administrativeUnits/${id}/members`,
  );
  const users = (await own.call('/users?$select=id')).json.value.map(({ id }) => `/users/${id}/directReports`);
  for (const path of [...units, ...users]) {
    const { json } = await own.call(`${path}?$count=true&$select=id`, { headers: EVENTUAL });
    expect(json['@odata.count'], path).toBe(json.value.length);
  }
  own.close();
});

test.each([
  ['/users', 2],
  ['/users?$select=id', 1],
  ['/users?$top=5', 1],
  ['/users?$expand=manager', 3],
  ['/groups', 1],
  ['/subscribedSkus', 3],
  ['/organization', 1],
])('%s costs %i resource units', async (path, units) => {
  expect((await rig.call(path)).headers['x-ms-resource-unit']).toBe(String(units));
});

test('with quotas on, the sixth report in ten seconds has to wait as long as it is told', async () => {
  rig.faults.set({ quota: true });
  const report = () => rig.call('/auditLogs/directoryAudits?$top=1');
  const statuses = [];
  for (let i = 0; i < 6; i++) statuses.push((await report()).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  const { headers, json } = await report();
  expect(json.error).toMatchObject({ code: 'TooManyRequests', innerError: { code: '429', status: '429' } });
  expect(headers['x-ms-throttle-scope']).toMatch(/^Tenant_Application\/ReadWrite\/app\//);
  expect((await rig.call('/users?$top=1')).status).toBe(200);
  rig.clock.at = new Date(rig.clock.at.getTime() + Number(headers['retry-after']) * 1000);
  expect((await report()).status).toBe(200);
});

test('the directory quota of a tenant of 300 users is 5000 units; answers tell of it above four fifths', async () => {
  const own = createGraphRig();
  own.faults.set({ quota: true });
  const spend = async (requests: number) => {
    for (let i = 0; i < requests; i++) expect((await own.call('/groups/nobody/transitiveMembers')).status).toBe(404);
  };
  const share = async () => (await own.call('/organization')).headers['x-ms-throttle-limit-percentage'];
  await spend(750);
  expect(await share()).toBeUndefined();
  await spend(150);
  expect(await share()).toBe('0.90');
  await spend(99);
  expect((await own.call('/groups/nobody/transitiveMembers')).status).toBe(429);
  own.close();
});

test('a batch throttles each item on its own, and a failed item takes those with it that depend on it', async () => {
  rig.faults.set({ throttle: { everyNth: 2, retryAfter: 3 } });
  const item = (id: string, more: object = {}) => ({ id, method: 'GET', url: '/organization', ...more });
  const body = { requests: [item('a'), item('b'), item('c', { dependsOn: ['B'] }), item('d', { dependsOn: ['a'] })] };
  const { json } = await rig.call('/$batch', { method: 'POST', body });
  const byId = new Map(json.responses.map((response) => [response.id, response]));
  expect(['a', 'b', 'c', 'd'].map((id) => byId.get(id)?.status)).toEqual([200, 429, 424, 200]);
  expect(byId.get('b')?.headers['retry-after']).toBe('3');
});

test.each([
  ['two items of one id', [{ id: '1' }, { id: '1' }]],
  ['more than twenty items', Array.from({ length: 21 }, (_, id) => ({ id: String(id) }))],
  ['an item that depends on none', [{ id: '1', dependsOn: ['2'] }]],
  ['a body without a type', [{ id: '1', method: 'POST', url: '/directoryObjects/getByIds', body: { ids: [] } }]],
])('a batch with %s is refused whole', async (_, items) => {
  const requests = items.map((item) => ({ method: 'GET', url: '/me', ...item }));
  expect((await rig.call('/$batch', { method: 'POST', body: { requests } })).status).toBe(400);
});

test('a batch can post ids, and not another batch', async () => {
  const headers = { 'Content-Type': 'application/json' };
  const [id] = await idsOf('/users?$top=1');
  const requests = [
    { id: '1', method: 'POST', url: '/directoryObjects/getByIds', headers, body: { ids: [id] } },
    { id: '2', method: 'POST', url: '/$batch', headers, body: { requests: [] } },
  ];
  const { responses } = (await rig.call('/$batch', { method: 'POST', body: { requests } })).json;
  expect(responses.find((response) => response.id === '1')?.body.value).toHaveLength(1);
  expect(responses.find((response) => response.id === '2')?.status).toBe(405);
});

test('an answer breaks off in its middle when asked to', async () => {
  rig.faults.set({ dropEveryNth: 2 });
  expect((await rig.call('/organization')).status).toBe(200);
  await expect(rig.call('/organization')).rejects.toThrow('dropped on request');
});
