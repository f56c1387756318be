import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import type { Row } from '#lib/emulator/tenant/collection.ts';

let rig: ReturnType<typeof createGraphRig>;
beforeAll(() => {
  rig = createGraphRig(60);
});
afterAll(() => rig.close());

const list = async (path: string, scopes: string): Promise<readonly Row[]> => (await rig.call(path, { scopes })).json.value;

test('the same seed gives the same rows, each with an address of its own', async () => {
  const first = await list('/identity/conditionalAccess/policies', 'Policy.Read.All');
  expect(await list('/identity/conditionalAccess/policies', 'Policy.Read.All')).toEqual(first);
  expect(first.map((row) => row['displayName'])).toContain('Block legacy authentication');
  const one = await rig.call(`/identity/conditionalAccess/policies/${String(first[0]?.['id'])}`, { scopes: 'Policy.Read.All' });
  expect(one.json).toMatchObject({ id: first[0]?.['id'], displayName: first[0]?.['displayName'] });
  expect((await rig.call('/identity/conditionalAccess/policies/none', { scopes: 'Policy.Read.All' })).status).toBe(404);
});

test('a collection wants the permission that Graph lists for it', async () => {
  const refused = await rig.call('/identityProtection/riskyUsers', { scopes: 'Directory.Read.All' });
  expect([refused.status, refused.json.error.code]).toEqual([403, 'Authorization_RequestDenied']);
});

test('rows about users have their ids and names', async () => {
  const risky = await list('/identityProtection/riskyUsers?$top=5', 'IdentityRiskyUser.Read.All');
  expect(risky.length).toBe(5);
  for (const { id, userPrincipalName } of risky) {
    const user = rig.tenant.directory.collections.users.find(String(id));
    expect(user?.['userPrincipalName']).toBe(userPrincipalName);
  }
});

test('what hangs on an object needs the object', async () => {
  const scopes = 'UserAuthenticationMethod.Read.All';
  const users = [0, 1, 2, 3, 4, 5].map((index) => rig.tenant.directory.collections.users.idAt(index));
  const methods = await Promise.all(users.map((id) => list(`/users/${id}/authentication/methods`, scopes)));
  expect(methods.some((rows) => rows.length > 0)).toBe(true);
  for (const row of methods.flat()) expect(row['@odata.type']).toMatch(/^#microsoft\.graph\.\w+AuthenticationMethod$/);
  const gone = await rig.call('/users/00000000-0000-0000-0000-000000000000/authentication/methods', { scopes });
  expect(gone.status).toBe(404);
});

test('lists that Graph refuses without a filter are refused', async () => {
  const scopes = 'RoleManagementPolicy.Read.Directory';
  expect((await rig.call('/policies/roleManagementPolicies', { scopes })).status).toBe(400);
  const filter = encodeURIComponent("scopeId eq '/' and scopeType eq 'DirectoryRole'");
  expect((await list(`/policies/roleManagementPolicies?$filter=${filter}`, scopes)).length).toBeGreaterThan(0);
});

test('a policy of which there is one is an object, not a list', async () => {
  const { json } = await rig.call('/policies/authorizationPolicy', { scopes: 'Policy.Read.All' });
  expect(json).toMatchObject({ id: 'authorizationPolicy' });
  expect('value' in json).toBe(false);
});

test('role assignments expand their principal with its kind', async () => {
  const scopes = 'RoleManagement.Read.Directory';
  const rows = await list('/roleManagement/directory/roleAssignments?$expand=principal', scopes);
  expect(rows.length).toBeGreaterThan(0);
  for (const { principalId, principal } of rows) {
    expect(principal).toMatchObject({ id: principalId, '@odata.type': expect.stringMatching(/^#microsoft\.graph\./) as unknown });
  }
});

test('devices and memberships are told from the other side too', async () => {
  const device = rig.tenant.directory.collections.devices.idAt(1);
  const [owner] = await list(`/devices/${device}/registeredOwners`, 'Device.Read.All');
  const owned = await list(`/users/${String(owner?.['id'])}/ownedDevices`, 'User.Read.All');
  expect(owned.map((row) => row['id'])).toContain(device);
});
