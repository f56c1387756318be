import { describe, expect, it, onTestFinished } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import type { ChangePage, Source } from '#lib/reload/engine/ports.ts';
import { ChangesLostError } from '#lib/reload/engine/reading/changes-lost.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { sourceOf } from '#lib/source/graph-source.ts';
import { rigGraph } from '#lib/source/testing/rig-graph.ts';

const NEVER = new AbortController().signal;

function datasetOf(columns: Parameters<typeof fakeDataset>[0], change: Partial<DatasetDefinition> = {}): DatasetDefinition {
  const made = fakeDataset(columns, { key: Object.keys(columns).filter((name) => name === 'id' || name === '@parent.id') });
  // Without the advanced query, service principals are missing among members.
  return { ...made, read: { ...made.read, delta: true, advancedQuery: change.kind === 'relationship' }, ...change };
}

const USERS = datasetOf({ id: 'string', displayName: 'string', mobilePhone: 'string' });
const MEMBERS = datasetOf(
  { '@parent.id': 'string', id: 'string', '@odata.type': 'string' },
  { kind: 'relationship', path: '/groups/{id}/members', parent: { path: '/groups', column: 'parent_id' } },
);

function filtered(filter: string): DatasetDefinition {
  return { ...USERS, filter };
}

const ITEMS: DatasetDefinition = {
  ...datasetOf({}, { kind: 'child', path: '/users', child: { dataset: 'users', sourcePath: 'proxyAddresses' } }),
  columns: fakeDataset({ user_id: 'string', item: 'string', value: 'string' }, { key: ['user_id', 'item'] }).columns.map(
    (column, index) => ({ ...column, sourcePath: ['id', 'proxyAddresses[].@item', 'proxyAddresses[]'][index] ?? '' }),
  ),
};

function expanding(expand: string): DatasetDefinition {
  const made = datasetOf({ id: 'string', [`${expand}.id`]: 'string' });
  return { ...made, read: { ...made.read, expand } };
}

function open(users = 60) {
  const rig = createGraphRig(users);
  onTestFinished(rig.close);
  const { graph, asked } = rigGraph(rig);
  return { rig, asked, source: sourceOf(graph) };
}

async function changesOf(
  source: Source,
  dataset: DatasetDefinition,
  deltaToken: string,
  options: { rows?: boolean; max?: number } = {},
) {
  const pages: ChangePage[] = [];
  const { rows = true, max = 10_000 } = options;
  for await (const page of source.changes(dataset, { deltaToken, rows, changedIdsMax: max, signal: NEVER })) pages.push(page);
  const values = pages.flatMap(({ body }) => (JSON.parse(Buffer.from(body).toString('utf8')) as { value: Row[] }).value);
  return {
    changedIds: pages.flatMap((page) => page.changedIds).sort(),
    rows: values,
    deltaToken: pages.at(-1)?.deltaToken ?? '',
  };
}

type Row = Readonly<Record<string, unknown>>;

async function deltaTokenOf(source: Source, dataset: DatasetDefinition): Promise<string> {
  return (await source.deltaToken(dataset, NEVER)) ?? expect.fail('no delta token');
}

describe('changeScope', () => {
  it.each<[string, DatasetDefinition, object | null]>([
    ['rows by id', USERS, { column: 'id', untracked: [] }],
    ['members by group', MEMBERS, { column: 'parent_id', untracked: [] }],
    [
      'columns that are not told',
      datasetOf({ id: 'string', signInActivity: 'json' }),
      { column: 'id', untracked: ['signInActivity'] },
    ],
    ['a manager, but no other expanded object', expanding('manager'), { column: 'id', untracked: [] }],
    ['what is expanded otherwise', expanding('registeredOwners'), { column: 'id', untracked: ['registeredOwners_id'] }],
    ['those that pass a filter', filtered("department eq 'Sales' or startsWith(mail,'a')"), { column: 'id', untracked: [] }],
    [
      'a filter by what is not told',
      filtered('signInActivity/lastSignInDateTime ge 2026-01-01T00:00:00Z'),
      { column: 'id', untracked: ['signInActivity'] },
    ],
    ['nothing of a filter that needs the advanced query store', filtered("endsWith(mail,'x')"), null],
    ['nothing of a filter that is not understood', filtered('licences/any(x:x/a eq 1 and x/b eq 2)'), null],
    ['nothing of filtered members', { ...MEMBERS, filter: "id eq '1'" }, null],
    ['items of a property by the id of their object', ITEMS, { column: 'user_id', untracked: [] }],
    ['nothing of the items of a relationship', { ...MEMBERS, child: { dataset: 'group_members', sourcePath: 'x' } }, null],
    ['nothing of a collection without delta', { ...USERS, read: { ...USERS.read, delta: false } }, null],
    ['nothing of other relationships', { ...MEMBERS, path: '/groups/{id}/owners' }, null],
  ])('%s', (_, dataset, expected) => {
    expect(open(10).source.changeScope(dataset)).toEqual(expected);
  });

  it('of members are their names and addresses, but no other columns', () => {
    expect(open(10).source.changeScope(NAMED_MEMBERS)).toEqual({ column: 'parent_id', untracked: [] });
    const withTitles = datasetOf({ '@parent.id': 'string', id: 'string', mail: 'string', jobTitle: 'string' }, MEMBERS_PLACE);
    expect(open(10).source.changeScope(withTitles)).toEqual({ column: 'parent_id', untracked: ['jobTitle'] });
  });
});

const MEMBERS_PLACE = { kind: MEMBERS.kind, path: MEMBERS.path, parent: MEMBERS.parent } as const;
const NAMED_MEMBERS = datasetOf({ '@parent.id': 'string', id: 'string', displayName: 'string' }, MEMBERS_PLACE);

describe('changes', () => {
  it('takes a delta token in one request, without reading anything', async () => {
    const { source, asked } = open();
    await deltaTokenOf(source, USERS);
    // A caller that requests a delta token then needs the count, which is requested at the same time.
    expect(asked.filter((url) => !url.endsWith('/users/$count'))).toEqual([
      'https://localhost:1/v1.0/users/delta?$deltaToken=latest&$select=id,displayName,mobilePhone',
    ]);
  });

  it('tells who came, changed and went, with rows as they are now and nulls where nothing is', async () => {
    const { rig, source } = open();
    const deltaToken = await deltaTokenOf(source, USERS);
    const { users } = rig.tenant.mutate({ hireUsers: 3, removeUsers: 2, changeUsers: 9, addMembers: 0, removeMembers: 0 });
    const { changedIds, rows, deltaToken: next } = await changesOf(source, USERS, deltaToken);
    const present = rows.map((row) => String(row['id']));
    expect(changedIds).toEqual(expect.arrayContaining([...users.created, ...users.deleted]));
    expect(present.sort()).toEqual(changedIds.filter((id) => !users.deleted.includes(id)));
    for (const row of rows) {
      const real = rig.tenant.directory.collections.users.find(String(row['id']));
      expect(row).toEqual({ id: real?.['id'], displayName: real?.['displayName'], mobilePhone: real?.['mobilePhone'] });
    }
    expect(await changesOf(source, USERS, next)).toMatchObject({ changedIds: [], rows: [] });
  });

  it('of a filtered dataset reads those that pass, and watches what the filter looks at', async () => {
    const { rig, source, asked } = open();
    const dataset = filtered("startsWith(userPrincipalName,'new.') or accountEnabled eq false");
    const deltaToken = await deltaTokenOf(source, dataset);
    expect(asked).toContain(
      'https://localhost:1/v1.0/users/delta?$deltaToken=latest&$select=id,displayName,mobilePhone,userPrincipalName,accountEnabled',
    );
    const { users } = rig.tenant.mutate({ hireUsers: 20, removeUsers: 3, changeUsers: 30, addMembers: 0, removeMembers: 0 });
    const { changedIds, rows } = await changesOf(source, dataset, deltaToken);
    expect(changedIds).toEqual(expect.arrayContaining([...users.created, ...users.deleted]));
    const passing = changedIds.filter((id) => {
      const real = rig.tenant.directory.collections.users.find(id);
      return real !== null && (String(real['userPrincipalName']).startsWith('new.') || real['accountEnabled'] === false);
    });
    expect(passing.length).toBeGreaterThan(0);
    expect(passing.length).toBeLessThan(changedIds.length - users.deleted.length);
    expect(rows.map((row) => String(row['id'])).sort()).toEqual(passing);
  });

  it('of a filtered dataset are lost where Graph refuses the filter together with ids', async () => {
    const { rig, source } = open();
    const deltaToken = await deltaTokenOf(source, USERS);
    rig.tenant.mutate({});
    await expect(changesOf(source, filtered("nickname eq 'x'"), deltaToken)).rejects.toThrow(ChangesLostError);
  });

  it('leaves out reported objects that are gone when they are read', async () => {
    const { rig, source } = open();
    const deltaToken = await deltaTokenOf(source, USERS);
    const first = rig.tenant.mutate({ hireUsers: 1, removeUsers: 0, changeUsers: 0, addMembers: 0, removeMembers: 0 });
    const hired = first.users.created[0] ?? '';
    const reading = source.changes(USERS, { deltaToken, rows: true, changedIdsMax: 10, signal: NEVER });
    rig.tenant.directory.collections.users.delete(hired);
    expect(rig.tenant.directory.collections.users.find(hired)).toBeNull();
    const pages: ChangePage[] = [];
    for await (const page of reading) pages.push(page);
    expect(pages.flatMap((page) => page.changedIds)).toEqual([hired]);
    expect(pages.map((page) => Buffer.from(page.body).toString('utf8'))).toEqual(pages.map(() => '{"value":[]}'));
  });

  it('reads the members of a group anew when one came or went', async () => {
    const { rig, source } = open();
    const deltaToken = await deltaTokenOf(source, MEMBERS);
    const { group_members: changed } = rig.tenant.mutate({ hireUsers: 0, removeUsers: 1, changeUsers: 0 });
    const groups = [...new Set([...changed.created, ...changed.deleted].map((name) => name.split('/')[0] ?? ''))].sort();
    const { changedIds, rows } = await changesOf(source, MEMBERS, deltaToken);
    expect(changedIds).toEqual(groups);
    const { directory } = rig.tenant;
    const real = groups.flatMap((group) =>
      directory.membersOf(directory.collections.groups.indexOf(group) ?? -1).map((ref) => `${group}/${directory.idOf(ref)}`),
    );
    expect(rows.map((row) => `${row['@parent.id']}/${row['id']}`).sort()).toEqual(real.sort());
  });

  it('tells ids alone without reading a row', async () => {
    const { rig, source, asked } = open();
    const deltaToken = await deltaTokenOf(source, USERS);
    const { users } = rig.tenant.mutate({});
    const { changedIds, rows } = await changesOf(source, USERS, deltaToken, { rows: false });
    expect(changedIds).toEqual(expect.arrayContaining([...users.created, ...users.deleted]));
    expect(rows).toEqual([]);
    expect(asked.filter((url) => url.includes('$batch'))).toEqual([]);
  });

  it.each(['expired', 'resync'] as const)('says that changes are lost when the link is %s', async (deltaLinks) => {
    const { rig, source } = open();
    const deltaToken = await deltaTokenOf(source, USERS);
    rig.faults.set({ deltaLinks });
    await expect(changesOf(source, USERS, deltaToken)).rejects.toThrow(ChangesLostError);
  });

  it('says so too after seven days, and when too much changed', async () => {
    const { rig, source } = open();
    const deltaToken = await deltaTokenOf(source, USERS);
    rig.tenant.mutate({ changeUsers: 20 });
    await expect(changesOf(source, USERS, deltaToken, { max: 3 })).rejects.toThrow(ChangesLostError);
    rig.clock.at = new Date(rig.clock.at.getTime() + 8 * 86_400_000);
    await expect(changesOf(source, USERS, deltaToken)).rejects.toThrow(ChangesLostError);
  });

  it('a lasting refusal is a loss in Graph’s words: everything is read, and refused in words if that is', async () => {
    const { rig, source } = open();
    const deltaToken = await deltaTokenOf(source, USERS);
    rig.faults.set({ forbid: 'users/delta' });
    await expect(changesOf(source, USERS, deltaToken)).rejects.toMatchObject({
      code: 'changes-lost',
      problem: { title: expect.stringContaining('(403: Insufficient privileges to complete the operation)') },
    });
    expect(await source.deltaToken(USERS, NEVER)).toBeNull();
  });
});

describe('changes of members with their names', () => {
  it('watches every kind of member', async () => {
    const { source, asked } = open();
    await deltaTokenOf(source, NAMED_MEMBERS);
    const latest = 'https://localhost:1/v1.0/';
    expect(asked.filter((url) => url.includes('/delta')).sort()).toEqual(
      [
        ...['contacts', 'devices', 'groups', 'servicePrincipals', 'users'].map(
          (name) => `${latest}${name}/delta?$deltaToken=latest&$select=displayName`,
        ),
        `${latest}groups/delta?$deltaToken=latest&$select=members`,
      ].sort(),
    );
  });

  it('reads the groups anew of a member whose name changed', async () => {
    const { rig, source } = open();
    const deltaToken = await deltaTokenOf(source, NAMED_MEMBERS);
    const { directory } = rig.tenant;
    const namesBefore = new Map([...directory.collections.users.rows(0)].map(([, row]) => [row['id'], row['displayName']]));
    rig.tenant.mutate({ hireUsers: 0, removeUsers: 0, changeUsers: 12, addMembers: 0, removeMembers: 0 });
    const renamed = [...directory.collections.users.rows(0)].filter(
      ([, row]) => namesBefore.get(row['id']) !== row['displayName'],
    );
    const groups = new Set(
      renamed.flatMap(([index]) => directory.groupsOf({ type: 'user', index }).map((group) => directory.idOf(group))),
    );
    const { changedIds, rows, deltaToken: next } = await changesOf(source, NAMED_MEMBERS, deltaToken);
    expect(groups.size).toBeGreaterThan(0);
    expect(changedIds.filter((id) => groups.has(id))).toEqual(
      [...groups].filter((id) => directory.collections.groups.find(id)).sort(),
    );
    for (const [, user] of renamed) {
      for (const row of rows.filter(({ id }) => id === user['id'])) expect(row['displayName']).toBe(user['displayName']);
    }
    expect(await changesOf(source, NAMED_MEMBERS, next)).toMatchObject({ changedIds: [], rows: [] });
  });

  it('are lost once a kind of member may be read that could not be before, and until then told without it', async () => {
    const rig = createGraphRig(60);
    onTestFinished(rig.close);
    const scopes = 'Group.Read.All GroupMember.Read.All User.Read.All';
    const few = sourceOf(rigGraph(rig, { scopes }).graph);
    const deltaToken = await deltaTokenOf(few, NAMED_MEMBERS);
    rig.tenant.mutate({});
    expect((await changesOf(few, NAMED_MEMBERS, deltaToken)).changedIds.length).toBeGreaterThan(0);
    await expect(changesOf(sourceOf(rigGraph(rig).graph), NAMED_MEMBERS, deltaToken)).rejects.toThrow(
      /now reports changes in \/devices/,
    );
  });

  it('are lost where Graph refuses to list the groups of a member', async () => {
    const { rig, source } = open();
    const deltaToken = await deltaTokenOf(source, NAMED_MEMBERS);
    rig.tenant.mutate({ changeUsers: 12 });
    rig.faults.set({ forbid: 'users/[^/]+/memberOf' });
    await expect(changesOf(source, NAMED_MEMBERS, deltaToken)).rejects.toThrow(ChangesLostError);
  });
});
