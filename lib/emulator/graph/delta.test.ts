import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGraphRig, type GraphBody } from './testing/graph-rig.ts';

let rig: ReturnType<typeof createGraphRig>;
beforeEach(() => {
  rig = createGraphRig();
});
afterEach(() => rig.close());

const latest = async (path: string): Promise<string> =>
  (await rig.call(`${path}${path.includes('?') ? '&' : '?'}$deltatoken=latest`)).json['@odata.deltaLink'];
const error = async (path: string): Promise<[number, string]> => {
  const { status, json } = await rig.call(path);
  return [status, json.error.code];
};

test('a filter by ids narrows the first round and the changes', async () => {
  const ids = (await rig.call('/users?$top=40&$select=id')).json.value.map((row) => row.id);
  const wanted = [ids[5], ids[20], ids[30]];
  const filter = wanted.map((id) => `id eq '${id}'`).join(' or ');
  const first = (await rig.call(`/users/delta?$filter=${filter}`)).json;
  expect(first.value.map((row) => row.id).sort()).toEqual([...wanted].sort());
  rig.tenant.mutate({ changeUsers: 200 });
  const changed = (await rig.call(first['@odata.deltaLink'])).json.value;
  for (const { id } of changed) expect(wanted).toContain(id);
});

test.each([
  ['/users/delta?$top=5', 400, 'Request_UnsupportedQuery'],
  ['/users/delta?$orderby=displayName', 400, 'Request_UnsupportedQuery'],
  ['/users/delta?$expand=memberOf', 400, 'ExpandNotSupported'],
  ["/users/delta?$filter=startsWith(displayName,'A')", 400, 'Request_BadRequest'],
  ["/users/delta?$filter=id in ('a')", 400, 'Request_BadRequest'],
  [`/users/delta?$filter=${Array.from({ length: 51 }, (_, i) => `id eq '${i}'`).join(' or ')}`, 400, 'Request_BadRequest'],
  ['/users/delta?$deltatoken=garbage', 400, 'Request_BadRequest'],
  ['/users/delta?$deltatoken=bnVsbA', 400, 'Request_BadRequest'],
  ['/users/delta?$select=nope', 400, 'Request_BadRequest'],
  ['/auditLogs/signIns/delta', 400, 'Request_BadRequest'],
  ['/domains/delta', 400, 'Request_BadRequest'],
])('%.60s answers %i %s', async (path, status, code) => {
  expect(await error(path)).toEqual([status, code]);
});

test('a link of one collection is refused by another', async () => {
  const link = await latest('/users/delta');
  expect(await error(link.replace('/users/', '/groups/'))).toEqual([400, 'Request_BadRequest']);
});

test('a link lives seven days', async () => {
  const link = await latest('/users/delta');
  rig.clock.at = new Date('2026-11-30T23:00:00Z');
  expect((await rig.call(link)).status).toBe(200);
  rig.clock.at = new Date('2026-12-01T01:00:01Z');
  const { status, json } = await rig.call(link);
  expect([status, json.error.message]).toEqual([400, 'DeltaLink older than 30 days is not supported.']);
});

test('a tenant made anew asks for a resync, and the location begins one', async () => {
  rig.tenant.mutate({});
  const link = await latest('/users/delta');
  const other = createGraphRig();
  const { status, headers } = await other.call(link);
  expect(status).toBe(410);
  const again = await other.call(headers['location'] ?? '');
  expect(again.json.value.length).toBeGreaterThan(100);
  other.close();
});

test('faults make links expire or resync', async () => {
  const link = await latest('/users/delta');
  rig.faults.set({ deltaLinks: 'expired' });
  expect(await error(link)).toEqual([400, 'Request_UnsupportedQuery']);
  rig.faults.set({ deltaLinks: 'resync' });
  expect((await error(link))[0]).toBe(410);
});

test('$select narrows what is watched, and a minimal answer has only what changed', async () => {
  const narrow = await latest('/users/delta?$select=jobTitle');
  const all = await latest('/users/delta');
  const { users } = rig.tenant.mutate({ changeUsers: 60, hireUsers: 0, removeUsers: 0 });
  const ids = async (link: string) => (await rig.call(link)).json.value.map((row) => row.id).sort();
  expect(await ids(all)).toEqual([...users.updated].sort());
  const some = await ids(narrow);
  expect(some.length).toBeGreaterThan(0);
  expect(some.length).toBeLessThan(users.updated.length);
  const minimal = (await rig.call(all, { headers: { prefer: 'return=minimal' } })).json.value;
  expect(Math.max(...minimal.map((row) => Object.keys(row).length))).toBeLessThan(5);
});

test('a property that became null is sent as null; one that never was set is left out', async () => {
  const link = await latest('/users/delta?$select=mobilePhone,faxNumber');
  rig.tenant.mutate({ changeUsers: 60, hireUsers: 0, removeUsers: 0 });
  const rows = (await rig.call(link)).json.value;
  expect(rows.some((row) => row['mobilePhone'] === null)).toBe(true);
  for (const row of rows) expect(row).not.toHaveProperty('faxNumber');
});

test('members@delta tells of every membership that came or went, those of deleted users too', async () => {
  const link = await latest('/groups/delta?$select=members');
  const { group_members } = rig.tenant.mutate({ removeUsers: 30, addMembers: 20, removeMembers: 20 });
  const rows = (await rig.call(link)).json.value as unknown as {
    id: string;
    'members@delta': { id: string; '@removed'?: object }[];
  }[];
  const entries = rows.flatMap((row) => row['members@delta'].map((member) => ({ ...member, name: `${row.id}/${member.id}` })));
  const names = (removed: boolean) =>
    entries
      .filter((entry) => (entry['@removed'] !== undefined) === removed)
      .map((entry) => entry.name)
      .sort();
  expect(names(false)).toEqual([...group_members.created].sort());
  expect(names(true)).toEqual([...group_members.deleted].sort());
});

test('many changes come in pages, each object once, or twice when it is told to repeat them', async () => {
  const link = await latest('/users/delta');
  const { users } = rig.tenant.mutate({ hireUsers: 450, removeUsers: 0, changeUsers: 0, addMembers: 0, removeMembers: 0 });
  const follow = async (): Promise<{ sizes: number[]; ids: string[] }> => {
    const sizes: number[] = [];
    const ids: string[] = [];
    for (let next: string | undefined = link; next !== undefined; ) {
      const page: GraphBody = (await rig.call(next)).json;
      sizes.push(page.value.length);
      ids.push(...page.value.map(({ id }) => id));
      next = page['@odata.nextLink'];
    }
    return { sizes, ids };
  };
  const once = await follow();
  expect(once.sizes).toEqual([200, 200, 50]);
  expect(once.ids.toSorted()).toEqual(users.created.toSorted());
  rig.faults.set({ repeatDelta: true });
  const twice = await follow();
  expect(twice.sizes).toEqual([200, 200, 200, 200, 100]);
  expect(new Set(twice.ids)).toEqual(new Set(once.ids));
});

test('a hire that left again is told as gone, under its own id', async () => {
  const link = await latest('/users/delta');
  const { users } = rig.tenant.mutate({ hireUsers: 2, removeUsers: 0, changeUsers: 0, addMembers: 0, removeMembers: 0 });
  rig.tenant.directory.collections.users.delete(users.created[0] ?? '');
  const { value } = (await rig.call(link)).json;
  expect(value.map(({ id }) => id).sort()).toEqual(users.created.toSorted());
  expect(value.find(({ id }) => id === users.created[0])).toEqual({ id: users.created[0], '@removed': { reason: 'changed' } });
});
