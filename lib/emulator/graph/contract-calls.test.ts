import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@microsoft/microsoft-graph-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSdkClient, readAllRows } from '../../../e2e/support/graph-sdk.ts';
import { type RunningEmulator, startEmulator } from '../start.ts';

/** Calls of the Graph reference that official clients make in addition to reading collections, with the official SDK. */
let emulator: RunningEmulator;
let dir: string;
let client: Client;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'entrada-calls-'));
  emulator = await startEmulator({
    dir,
    httpPort: 0,
    tlsPort: 0,
    users: 300,
    redirectUris: ['http://localhost:3000/auth/oauth/code'],
  });
  client = await createSdkClient({ ...emulator.info, caPem: emulator.caPem });
});
afterAll(async () => {
  await emulator.stop();
  rmSync(dir, { recursive: true, force: true });
});

const EVENTUAL = { ConsistencyLevel: 'eventual' };
const failure = (call: Promise<unknown>) =>
  call.then(
    () => ({ statusCode: 200, code: '' }),
    ({ statusCode, code }: { statusCode: number; code: string }) => ({ statusCode, code }),
  );
const idsOf = (rows: readonly { readonly [name: string]: unknown }[]): string[] => rows.map((row) => String(row['id'])).sort();

/** An object of each kind that is a member of something, and its groups according to Graph. */
async function memberOf(kind: 'users' | 'groups' | 'servicePrincipals' | 'devices'): Promise<{ path: string; groups: string[] }> {
  for (const { id } of await readAllRows(client, `/${kind}?$select=id&$top=50`)) {
    const relation = kind === 'users' || kind === 'groups' ? 'transitiveMemberOf' : 'memberOf';
    const groups = await readAllRows(client, `/${kind}/${id}/${relation}?$select=id`);
    if (groups.length > 0) return { path: `/${kind}/${id}`, groups: idsOf(groups) };
  }
  throw new Error(`no ${kind} is member of a group`);
}

describe.each(['users', 'groups', 'servicePrincipals', 'devices'] as const)('membership of %s', (kind) => {
  test('getMemberGroups tells the ids of all groups, directly or through others', async () => {
    const { path, groups } = await memberOf(kind);
    const { value } = await client.api(`${path}/getMemberGroups`).post({ securityEnabledOnly: false });
    expect([...value].sort()).toEqual(expect.arrayContaining(groups));
    const objects = await client.api(`${path}/getMemberObjects`).post({ securityEnabledOnly: false });
    expect(objects.value).toEqual(expect.arrayContaining(value));
    const byDirectory = await client.api(`${path.replace(kind, 'directoryObjects')}/getMemberGroups`).post({});
    expect([...byDirectory.value].sort()).toEqual([...value].sort());
  });

  test('checkMemberGroups tells which of the ids asked for hold it', async () => {
    const { path, groups } = await memberOf(kind);
    const stranger = '00000000-0000-4000-8000-000000000000';
    const asked = [stranger, groups[0] ?? ''];
    expect((await client.api(`${path}/checkMemberGroups`).post({ groupIds: asked })).value).toEqual([groups[0]]);
    expect((await client.api(`${path}/checkMemberObjects`).post({ ids: asked })).value).toEqual([groups[0]]);
  });
});

test('getMemberObjects of a user tells directory roles, too; security groups alone when asked', async () => {
  const [role] = (await readAllRows(client, '/directoryRoles?$select=id')) as [{ id: string }];
  const [member] = (await readAllRows(client, `/directoryRoles/${role.id}/members?$select=id`)) as [{ id: string }];
  const all = (await client.api(`/users/${member.id}/getMemberObjects`).post({})).value;
  expect(all).toContain(role.id);
  const secure = (await client.api(`/users/${member.id}/getMemberObjects`).post({ securityEnabledOnly: true })).value;
  expect(secure).not.toContain(role.id);
  for (const id of secure) expect((await client.api(`/groups/${id}`).get()).securityEnabled).toBe(true);
});

test.each([
  ['21 ids', '/checkMemberGroups', { groupIds: Array.from({ length: 21 }, () => 'x') }],
  ['no ids', '/checkMemberGroups', {}],
  ['a body of another form', '/getMemberGroups', { securityEnabledOnly: 'yes' }],
])('%s are refused with 400', async (_, action, body) => {
  const [user] = (await readAllRows(client, '/users?$select=id&$top=1')) as [{ id: string }];
  expect(await failure(client.api(`/users/${user.id}${action}`).post(body))).toEqual({
    statusCode: 400,
    code: 'Request_BadRequest',
  });
});

test('directoryObjects/{id} is the object, whatever it is', async () => {
  for (const [kind, type] of [
    ['users', 'user'],
    ['groups', 'group'],
    ['devices', 'device'],
    ['servicePrincipals', 'servicePrincipal'],
    ['applications', 'application'],
  ]) {
    const { id } = (await client.api(`/${kind}?$select=id&$top=1`).get()).value[0];
    expect(await client.api(`/directoryObjects/${id}`).get()).toMatchObject({ '@odata.type': `#microsoft.graph.${type}`, id });
  }
  expect(await failure(client.api('/directoryObjects/00000000-0000-4000-8000-000000000000').get())).toMatchObject({
    statusCode: 404,
  });
});

test('members/$ref and owners/$ref name the same objects, page by page', async () => {
  const { id } = (await client.api("/groups?$filter=displayName eq 'All employees'&$select=id").get()).value[0];
  for (const relation of ['members', 'owners']) {
    const rows = await readAllRows(client, `/groups/${id}/${relation}?$select=id&$count=true`, EVENTUAL);
    const links = await readAllRows(client, `/groups/${id}/${relation}/$ref?$top=40&$count=true`, EVENTUAL);
    expect(links.map((row) => Object.keys(row))).toEqual(links.map(() => ['@odata.id']));
    expect(links.map((row) => String(row['@odata.id']).split('/').at(-1)).sort()).toEqual(idsOf(rows));
  }
});

test.each(['photo', 'photo/$value', 'photos/48x48/$value'])(
  '%s of somebody without one answers 404 ImageNotFound',
  async (photo) => {
    const [user] = (await readAllRows(client, '/users?$select=id&$top=1')) as [{ id: string }];
    expect(await failure(client.api(`/users/${user.id}/${photo}`).get())).toEqual({ statusCode: 404, code: 'ImageNotFound' });
    expect(await failure(client.api(`/users/nobody/${photo}`).get())).toMatchObject({ code: 'Request_ResourceNotFound' });
  },
);

test('nobody may write', async () => {
  const [user] = (await readAllRows(client, '/users?$select=id&$top=1')) as [{ id: string }];
  const refused = { statusCode: 403, code: 'Authorization_RequestDenied' };
  expect(await failure(client.api('/users').post({ displayName: 'X' }))).toEqual(refused);
  expect(await failure(client.api(`/users/${user.id}`).patch({ displayName: 'X' }))).toEqual(refused);
  expect(await failure(client.api(`/users/${user.id}`).delete())).toEqual(refused);
});
