import { describe, expect, it } from 'vitest';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { makeColumn } from '#lib/domain/testing/make-column.ts';
import { planRead } from './read-plan.ts';

function dataset(
  over: Partial<DatasetDefinition> & { readonly path: string },
  columns: readonly string[] = ['id', 'displayName'],
) {
  return DatasetDefinition.parse({
    version: 1,
    name: 'things',
    title: 'Things',
    area: 'Users',
    description: '',
    kind: 'entity',
    entityType: 'microsoft.graph.user',
    parent: null,
    permissions: [],
    licence: null,
    read: { pageSizeMax: 999, select: true, advancedQuery: false, countable: true, delta: false },
    columns: columns.map((name) => makeColumn(name, { key: name === 'id' })),
    ...over,
  });
}

function plan(one: DatasetDefinition, facts: { rows?: number; parents?: number }, users = 100_000) {
  const { datasets, ...rest } = planRead([one], {
    users,
    latencyMs: 80,
    facts: [{ rows: facts.rows ?? null, parents: facts.parents ?? null }],
  });
  const [first] = datasets;
  if (first === undefined) throw new Error('a plan of one dataset has one');
  return { ...first, plan: rest };
}

describe('the plan of a dataset', () => {
  it('of few rows is one request', () => {
    expect(plan(dataset({ path: '/users' }), { rows: 500 })).toMatchObject({
      pattern: 'one-request',
      requests: 2,
      units: 2,
      chains: 1,
      select: ['id', 'displayName'],
    });
  });

  it('of many users is read in parts, bound by rows rather than latency', () => {
    const users = plan(dataset({ path: '/users' }), { rows: 200_000 });
    expect(users).toMatchObject({ pattern: 'parts', splitBy: 'userPrincipalName', chains: 29, boundBy: 'rows' });
    expect(users.requests).toBeGreaterThan(201);
    expect(users.requests).toBeLessThan(300);
  });

  it('of the items of many users is that of the users', () => {
    const read = { pageSizeMax: 999, select: true, advancedQuery: false, countable: false, delta: true } as const;
    const items = dataset({
      path: '/users',
      kind: 'child',
      child: { dataset: 'users', sourcePath: 'assignedLicenses' },
      read: { ...dataset({ path: '/users' }).read, ...read },
    });
    expect(plan(items, { parents: 200_000 })).toMatchObject({
      pattern: 'parts',
      splitBy: 'userPrincipalName',
      chains: 29,
      rows: null,
    });
    expect(plan(items, {})).toMatchObject({ requests: null, seconds: null });
  });

  it('without a filter that cuts it is a chain of pages, bound by latency', () => {
    expect(plan(dataset({ path: '/oauth2PermissionGrants' }), { rows: 50_000 })).toMatchObject({
      pattern: 'pages',
      chains: 1,
      requests: 52,
      units: 52,
      boundBy: 'latency',
      seconds: 4.2,
    });
  });

  it('with sign-in activity takes 10 requests a minute, of 500 rows', () => {
    expect(plan(dataset({ path: '/users' }, ['id', 'signInActivity']), { rows: 100_000 })).toMatchObject({
      quotaClass: 'sign-in-activity',
      pageSize: 500,
      boundBy: 'quota',
      seconds: 1140,
      requests: 302,
      pattern: 'pages',
    });
  });

  it('of memberships counts batches of 20 and two units a group, under the quota of the tenant', () => {
    const members = dataset({
      path: '/groups/{id}/members',
      kind: 'relationship',
      parent: { path: '/groups', column: 'group_id' },
    });
    const large = plan(members, { parents: 20_000 });
    expect(large).toMatchObject({ pattern: 'batches', requests: 1021, units: 40_021, chains: 16, boundBy: 'quota', seconds: 40 });
    expect(plan(members, { parents: 20_000 }, 40).seconds).toBeCloseTo(104.3, 0);
  });

  it('of logs, whose rows are not counted, says that it does not know', () => {
    const logs = dataset({ path: '/auditLogs/signIns', read: { ...dataset({ path: '/users' }).read, countable: false } });
    expect(plan(logs, {})).toMatchObject({ requests: null, seconds: null, quotaClass: 'reports' });
    expect(plan(logs, {}).notes).toHaveLength(2);
  });
});

it('the plan of a task adds up what shares a quota', () => {
  const { quotas, requests, tenantSize } = planRead([dataset({ path: '/users' }), dataset({ path: '/groups' })], {
    users: 300,
    latencyMs: 10,
    facts: [
      { rows: 300, parents: null },
      { rows: 20, parents: null },
    ],
  });
  expect(tenantSize).toBe('M');
  expect(requests).toBe(4);
  expect(quotas).toEqual([{ quotaClass: 'directory', units: 4, capacity: 5000, windowSeconds: 10, learned: false, seconds: 0 }]);
});

describe('what dominates a plan', () => {
  const methods = (kind: string) =>
    dataset({
      path: `/users/{id}/authentication/${kind}`,
      name: `user_${kind.toLowerCase()}`,
      title: `Methods: ${kind}`,
      kind: 'relationship',
      parent: { path: '/users', column: 'user_id' },
    });
  const parents = { rows: null, parents: 3003 };
  const planOf = (datasets: readonly DatasetDefinition[], facts: readonly object[], learned = {}) =>
    planRead(datasets, { users: 3003, latencyMs: 80, facts: facts as never }, learned);

  it('is said with its requests, quota, time, and the report that says most of the same; it stands first', () => {
    const users = dataset({ path: '/users', name: 'users' });
    const { dominant, datasets } = planOf([users, methods('methods')], [{ rows: 3003, parents: null }, parents]);
    expect(datasets.map(({ name }) => name)).toEqual(['user_methods', 'users']);
    expect(dominant).toMatchObject({ datasets: ['user_methods'], units: 3007, seconds: 6004, learned: false });
    expect(dominant?.sentence).toBe(
      'Methods: methods: 3,007 requests (in 155 batches) at 5 per 10 s: 1 h 40 min. The report user_registration_details gives similar data in about 4 ' +
        'requests: which methods each enabled user has registered, but not their details. It needs AuditLog.Read.All and Microsoft Entra ID P1.',
    );
  });

  it('is computed with the rate that the tenant has taught', () => {
    const learned = { reports: { capacity: 1.4, perSecond: 5.5 } };
    const { dominant, quotas } = planOf([methods('methods')], [parents], learned);
    expect(dominant).toMatchObject({ capacity: 55, windowSeconds: 10, learned: true, seconds: 546.5 });
    expect(dominant?.sentence).toContain(
      '3,007 requests (in 155 batches) at 55 per 10 s (learned from this tenant): 9 min 07 s.',
    );
    expect(quotas[0]).toMatchObject({ learned: true });
  });

  it('may be several datasets that share a quota; passwords have no report', () => {
    const { dominant, datasets } = planOf([methods('phoneMethods'), methods('passwordMethods')], [parents, parents]);
    expect(dominant).toMatchObject({ datasets: ['user_phonemethods', 'user_passwordmethods'], units: 6014 });
    expect(dominant?.sentence).toMatch(
      /^2 datasets share the quota of reports, .*, among them Methods: phoneMethods: 6,014 requests at 5 per 10 s: .* For 1 of them: The report/,
    );
    expect(datasets.map(({ alternative }) => alternative?.dataset)).toEqual(['user_registration_details', undefined]);
  });

  it('of users with sign-in activity is that column', () => {
    const users = dataset({ path: '/users', name: 'users' }, ['id', 'signInActivity']);
    const { dominant } = planOf([users], [{ rows: 100_000, parents: null }]);
    expect(dominant?.alternative).toMatchObject({ dataset: null, column: 'signInActivity' });
    expect(dominant?.sentence).toMatch(
      /Without the column signInActivity, Entrada reads the other columns in about \d+ requests\.$/,
    );
  });

  it('is nothing where the reload is short, or nothing takes half of it', () => {
    expect(planOf([dataset({ path: '/users' })], [{ rows: 300, parents: null }]).dominant).toBeNull();
    const grants = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'].map((name) =>
      dataset({ path: '/oauth2PermissionGrants', name }),
    );
    expect(
      planOf(
        grants,
        grants.map(() => ({ rows: 200_000, parents: null })),
      ).dominant,
    ).toBeNull();
  });
});
