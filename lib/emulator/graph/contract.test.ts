import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@microsoft/microsoft-graph-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSdkClient, readAllRows } from '../../../e2e/support/graph-sdk.ts';
import { type RunningEmulator, startEmulator } from '../start.ts';
import type { MutationSummary } from '../tenant/mutate.ts';

const USERS = 1200;
const EVENTUAL = { ConsistencyLevel: 'eventual' };

let emulator: RunningEmulator;
let dir: string;
let client: Client;

const start = () =>
  startEmulator({ dir, httpPort: 0, tlsPort: 0, users: USERS, redirectUris: ['http://localhost:3000/auth/oauth/code'] });
const sdk = (running: RunningEmulator, app: { clientId: string; clientSecret: string } = running.info) =>
  createSdkClient({ ...running.info, ...app, caPem: running.caPem });

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'entrada-graph-'));
  emulator = await start();
  client = await sdk(emulator);
});

afterAll(async () => {
  await emulator.stop();
  rmSync(dir, { recursive: true, force: true });
});

const failure = async (path: string, headers: Record<string, string> = {}) =>
  client
    .api(path)
    .headers(headers)
    .get()
    .then(
      () => ({ statusCode: 200, code: '' }),
      (error: { statusCode: number; code: string }) => ({ statusCode: error.statusCode, code: error.code }),
    );

test.each([1, 7, 100, 999])("the SDK's PageIterator reads every user exactly once, %i a page", async (top) => {
  const path = top === 1 ? "/users?$select=id&$top=1&$filter=startsWith(displayName,'M')" : `/users?$select=id&$top=${top}`;
  const rows = await readAllRows(client, path);
  expect(new Set(rows.map((row) => row['id'])).size).toBe(rows.length);
  if (top !== 1) expect(rows.length).toBe(USERS);
});

test('the same seed and size give the same tenant', async () => {
  const other = await startEmulator({ dir: join(dir, 'other'), httpPort: 0, tlsPort: 0, users: USERS, redirectUris: [] });
  try {
    const rows = await readAllRows(await sdk(other), '/users?$top=999');
    expect(rows).toEqual(await readAllRows(client, '/users?$top=999'));
  } finally {
    await other.stop();
  }
});

test.each([
  ['/users?$top=1000', 400, 'Request_UnsupportedQuery'],
  ['/users?$top=0', 400, 'Request_UnsupportedQuery'],
  ['/users?$skip=5', 400, 'Request_BadRequest'],
  ['/users?$select=nope', 400, 'Request_BadRequest'],
  ['/users?$select=aboutMe', 501, 'NotImplemented'],
  ["/users?$filter=id ge '1'", 400, 'Request_UnsupportedQuery'],
  ["/users?$filter=displayName ne 'x'", 400, 'Request_UnsupportedQuery'],
  ['/users?$search="displayName:a"', 400, 'Request_UnsupportedQuery'],
  ['/users/$count', 400, 'Request_BadRequest'],
  ['/users?$skiptoken=garbage', 400, 'Request_BadRequest'],
  ['/users?$expand=nothing', 400, 'ExpandNotSupported'],
  ['/directoryRoles?$top=5', 400, 'Request_BadRequest'],
  ['/directory/deletedItems', 400, 'Request_BadRequest'],
  ['/users/00000000-0000-4000-8000-000000000000', 404, 'Request_ResourceNotFound'],
  ['/nothing', 400, 'BadRequest'],
])('%s answers %i %s', async (path, statusCode, code) => {
  expect(await failure(path)).toEqual({ statusCode, code });
});

test('columns that come only with $select are absent without it', async () => {
  const page = await client.api('/users?$top=1').get();
  expect(Object.keys(page.value[0]).sort()).toEqual([
    'businessPhones',
    'displayName',
    'givenName',
    'id',
    'jobTitle',
    'mail',
    'mobilePhone',
    'officeLocation',
    'preferredLanguage',
    'surname',
    'userPrincipalName',
  ]);
});

test('advanced queries answer with the header and the count', async () => {
  const page = await client.api("/users?$filter=userType ne 'Guest'&$count=true&$top=5&$select=id").headers(EVENTUAL).get();
  expect(page['@odata.count']).toBeGreaterThan(5);
  const next = await client.api(page['@odata.nextLink']).headers(EVENTUAL).get();
  expect(next['@odata.count']).toBeUndefined();
  expect(await client.api('/users/$count').headers(EVENTUAL).get()).toBe(String(USERS));
  const found = await client.api('/users?$search="displayName:administrator"&$select=displayName').headers(EVENTUAL).get();
  expect(found.value).toHaveLength(1);
  const sorted = await client.api('/users?$orderby=userPrincipalName desc&$top=2&$select=userPrincipalName').get();
  expect(sorted.value[0].userPrincipalName >= sorted.value[1].userPrincipalName).toBe(true);
});

test('service principals are left out of members unless the query is an advanced one', async () => {
  const groups = await readAllRows(client, '/groups?$select=id');
  let withThem = 0;
  for (const { id } of groups) {
    const plain = await readAllRows(client, `/groups/${id}/members?$select=id&$top=999`);
    const advanced = await readAllRows(client, `/groups/${id}/members?$select=id&$top=999&$count=true`, EVENTUAL);
    expect(plain.some((row) => row['@odata.type'] === '#microsoft.graph.servicePrincipal')).toBe(false);
    withThem += advanced.length - plain.length;
  }
  expect(withThem).toBeGreaterThan(0);
});

test('nested groups with a cycle have finite transitive members', async () => {
  const [group] = (await client.api("/groups?$filter=startsWith(displayName,'Nested level 1')&$select=id").get()).value;
  const direct = await readAllRows(client, `/groups/${group.id}/members?$select=id&$top=999`);
  const flat = await readAllRows(client, `/groups/${group.id}/transitiveMembers?$select=id&$top=999`);
  expect(flat.length).toBeGreaterThan(direct.length);
  const users = await readAllRows(client, `/groups/${group.id}/members/microsoft.graph.user?$select=id&$top=999`);
  expect(users.length).toBe(direct.filter((row) => row['@odata.type'] === '#microsoft.graph.user').length);
});

test('$expand gives one level and twenty items at most', async () => {
  const all = (await client.api("/groups?$filter=displayName eq 'All employees'&$expand=members($select=id)").get()).value[0];
  expect(all.members).toHaveLength(20);
  const someone = (await client.api('/users?$top=2&$select=id&$expand=manager($select=id,displayName)').get()).value[1];
  expect(someone.manager.displayName).toContain('Administrator');
});

test('a batch answers each item on its own', async () => {
  const body = {
    requests: [
      { id: '1', method: 'GET', url: '/users?$top=1&$select=id' },
      { id: '2', method: 'GET', url: '/users?$top=5000' },
      { id: '3', method: 'GET', url: '/users/$count', headers: EVENTUAL },
    ],
  };
  const { responses } = await client.api('/$batch').post(body);
  const byId = Object.fromEntries(
    responses.map((response: { id: string; status: number; body: unknown }) => [response.id, response]),
  );
  expect([byId['1'].status, byId['2'].status, byId['3'].status]).toEqual([200, 400, 200]);
  expect(byId['2'].body.error.code).toBe('Request_UnsupportedQuery');
  await expect(client.api('/$batch').post({ requests: [body.requests[0], body.requests[0]] })).rejects.toMatchObject({
    statusCode: 400,
  });
});

test('a token with few permissions is refused what it may not read', async () => {
  const least = emulator.info.otherApps.find((app) => app.key === 'least');
  const small = await sdk(emulator, least);
  await expect(small.api('/groups').get()).rejects.toMatchObject({ statusCode: 403, code: 'Authorization_RequestDenied' });
});

test('a delta link yields exactly what changed, and changes survive a restart', async () => {
  let round = await client.api('/users/delta?$select=id,displayName,accountEnabled,jobTitle,department').get();
  let seen = round.value.length;
  while (round['@odata.nextLink'] !== undefined) {
    round = await client.api(round['@odata.nextLink']).get();
    seen += round.value.length;
  }
  expect(seen).toBe(USERS);
  const latest = await client.api('/groups/delta?$select=members&$deltaToken=latest').get();
  expect(latest.value).toEqual([]);
  const { users, group_members } = (await emulator.mutate({})) as MutationSummary;
  const changes = (await client.api(round['@odata.deltaLink']).get()).value as { id: string; '@removed'?: unknown }[];
  expect(
    changes
      .filter((row) => row['@removed'] !== undefined)
      .map((row) => row.id)
      .sort(),
  ).toEqual([...users.deleted].sort());
  expect(
    changes
      .filter((row) => row['@removed'] === undefined)
      .map((row) => row.id)
      .sort(),
  ).toEqual([...users.created, ...users.updated].sort());
  const groups = (await client.api(latest['@odata.deltaLink']).get()).value as {
    id: string;
    'members@delta': { id: string; '@removed'?: unknown }[];
  }[];
  const added = groups.flatMap((group) =>
    group['members@delta'].filter((member) => member['@removed'] === undefined).map((member) => `${group.id}/${member.id}`),
  );
  expect(added.sort()).toEqual([...group_members.created].sort());

  const before = await readAllRows(client, '/users?$select=id,displayName,department&$top=999');
  await emulator.stop();
  emulator = await start();
  client = await sdk(emulator);
  expect(await readAllRows(client, '/users?$select=id,displayName,department&$top=999')).toEqual(before);
});
