import { expect, test } from 'vitest';
import { missingPermissions } from '#lib/domain/access/access.ts';
import { APPLICATION_PERMISSION_IDS, DELEGATED_PERMISSION_IDS } from '#lib/domain/access/permission-ids.ts';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { reportInsteadOf } from '#lib/domain/run/read-alternative.ts';
import { CATALOG } from './catalog.ts';
import { flattenType, itemType } from './csdl/csdl-model.ts';
import { buildDatasets } from './datasets/build-datasets.ts';
import { propertyType, resolvePath } from './datasets/resolve-path.ts';
import { factsOf, TYPES_WITH_FACTS } from './datasets/type-facts.ts';
import { advisePermissions, reviewPermissions } from './permissions/permissions.ts';
import { graphModel as model } from './testing/graph-csdl.ts';

const inV1 = buildDatasets(model);
const BETA_ONLY = new Set(CATALOG.filter((entry) => entry.betaOnly).map(({ name }) => name));
const datasets = [...inV1, ...buildDatasets(model, { version: 'beta' }).filter(({ name }) => BETA_ONLY.has(name))];
const find = (name: string) => datasets.find((dataset) => dataset.name === name);
const columnsOf = (name: string) => find(name)?.columns ?? [];

test('every entry of the catalogue is a dataset of the real document, in v1.0 unless it is one of beta alone', () => {
  expect(inV1.some(({ name }) => BETA_ONLY.has(name))).toBe(false);
  const own = datasets.filter((dataset) => dataset.kind !== 'child').map((dataset) => dataset.name);
  expect(own.sort()).toEqual(CATALOG.map((entry) => entry.name).sort());
});

test('names are unique', () => {
  expect(new Set(datasets.map((dataset) => dataset.name)).size).toBe(datasets.length);
});

test.each(datasets.map((dataset) => [dataset.name, dataset] as const))(
  '%s is a valid definition with a key and distinct columns',
  (_, dataset) => {
    DatasetDefinition.parse(dataset);
    expect(dataset.columns.filter((column) => column.key).every((column) => column.selected)).toBe(true);
    // A single object needs no key value where Graph sends no id for it.
    const keyless = dataset.name === 'admin_consent_request_policy';
    expect(dataset.columns.some((column) => column.key)).toBe(!keyless);
    expect(new Set(dataset.columns.map((column) => column.name.toLowerCase())).size).toBe(dataset.columns.length);
    expect(new Set(dataset.columns.map((column) => column.sourcePath)).size).toBe(dataset.columns.length);
  },
);

test.each(CATALOG.map((entry) => [entry.name, entry] as const))(
  '%s has the path, the type and the key that $metadata says',
  (_, entry) => {
    expect(resolvePath(model, entry.path)).toEqual({ type: entry.type, collection: !entry.read.single });
    const keys = flattenType(model, entry.type)?.key ?? [];
    const dataset = find(entry.name);
    const above =
      entry.parent === null ? [] : entry.parent.above === undefined ? ['@parent.id'] : ['@parent.parent.id', '@parent.id'];
    expect(dataset?.columns.filter((column) => column.key).map((column) => column.sourcePath)).toEqual([
      ...above,
      ...(entry.key ?? (keys.length > 0 ? keys : ['id'])),
    ]);
    if (entry.parent !== null) {
      const parent = resolvePath(model, entry.parent.path);
      expect(parent?.collection).toBe(true);
      expect(flattenType(model, parent?.type ?? '')?.key).toEqual([entry.parent.key ?? 'id']);
    }
  },
);

test.each(CATALOG.map((entry) => [entry.name, entry] as const))('%s names only properties that $metadata has', (_, entry) => {
  const known = new Set(columnsOf(entry.name).map((column) => column.sourcePath));
  expect(entry.select.filter((name) => !known.has(name))).toEqual([]);
});

test.each(TYPES_WITH_FACTS)('facts of %s name only properties that $metadata has', (type) => {
  const facts = factsOf(type);
  const named = [
    ...(facts.defaults ?? []),
    ...facts.selectOnly,
    ...facts.denied,
    ...Object.keys(facts.columns),
    ...Object.keys(facts.filter),
  ];
  expect(named.filter((path) => propertyType(model, type, path) === null)).toEqual([]);
  for (const [path, { itemKey = [] }] of Object.entries(facts.columns)) {
    const item = itemType(propertyType(model, type, path) ?? '') ?? '';
    expect(itemKey.filter((name) => propertyType(model, item, name) === null)).toEqual([]);
  }
});

test('the permissions of every entry are those of Graph, least first, reading before writing', () => {
  for (const { name, permissions } of CATALOG) {
    const all = [...permissions.delegated, ...permissions.application, ...permissions.limited];
    expect
      .soft(
        all.filter((permission) => !/^[A-Za-z][\w-]*\.Read(Basic|Write)?(\.\w+)*$/.test(permission)),
        name,
      )
      .toEqual([]);
    expect.soft(permissions.delegated.length, name).toBeGreaterThan(0);
    expect.soft(new Set(permissions.delegated).size, name).toBe(permissions.delegated.length);
  }
});

/** Newer than any list of ids that was to be had, or without an id in it: the script that Entrada offers looks them up by name. */
const IDS_LOOKED_UP =
  /^(UserAuthMethod-.*|.*\.ReadBasic\.All|Domain-InternalFederation\.Read\.All|PeopleSettings\.Read\.All|ProvisioningLog\.Read\.All|OrganizationalBranding\.Read\.All|Policy\.Read\.(AuthenticationMethod|HybridAuthentication))$/;

test('the manifest knows the id of every permission that an entry needs, but for the newest', () => {
  const without = CATALOG.flatMap(({ permissions }) => [
    ...permissions.delegated.filter((name) => DELEGATED_PERMISSION_IDS[name] === undefined),
    ...permissions.application.filter((name) => APPLICATION_PERMISSION_IDS[name] === undefined),
  ]);
  expect(without.filter((name) => !IDS_LOOKED_UP.test(name))).toEqual([]);
  for (const id of [...Object.values(DELEGATED_PERMISSION_IDS), ...Object.values(APPLICATION_PERMISSION_IDS)]) {
    expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  }
});

test('what the document of a cloud does not have is left out there, whatever types it has', () => {
  const { identityProtection: _, ...singletons } = Object.fromEntries(model.singletons);
  const type = model.entityTypes.get('microsoft.graph.directoryRole');
  if (type === undefined) throw new Error('no directoryRole');
  const navigation = type.navigation.filter(({ name }) => name !== 'scopedMembers');
  const entityTypes = new Map([...model.entityTypes, [type.name, { ...type, navigation }]]);
  const china = { ...model, singletons: new Map(Object.entries(singletons)), entityTypes };
  const names = buildDatasets(china, { cloud: 'China (21Vianet)' }).map((dataset) => dataset.name);
  expect(names).toContain('users');
  expect(names).not.toContain('risky_users');
  expect(names).not.toContain('directory_role_scoped_members');
});

test('what the document of a cloud has counts for more than the clouds that the catalogue names', () => {
  const cloud = 'China (21Vianet)';
  expect(find('risky_users')?.clouds).not.toContain(cloud);
  const here = buildDatasets(model, { cloud });
  expect(here.length).toBe(inV1.length);
  expect(here.filter(({ clouds }) => clouds !== null && !clouds.includes(cloud))).toEqual([]);
  // Of an operator's own cloud the catalogue says nothing.
  expect(buildDatasets(model, { cloud: 'Emulated' })).toEqual(inV1);
});

test('a nested collection is a column of JSON and a dataset of its own, keyed by what identifies its items', () => {
  const keyOf = (name: string) =>
    columnsOf(name)
      .filter((column) => column.key)
      .map(({ name: column, sourcePath }) => `${column} = ${sourcePath}`);
  expect(find('users_assigned_licenses')).toMatchObject({
    kind: 'child',
    path: '/users',
    child: { dataset: 'users', sourcePath: 'assignedLicenses' },
    permissions: ['User.Read.All', 'Directory.Read.All'],
  });
  expect(keyOf('users_assigned_licenses')).toEqual(['user_id = id', 'skuId = assignedLicenses[].skuId']);
  expect(keyOf('users_proxy_addresses')).toEqual(['user_id = id', 'item = proxyAddresses[].@item']);
  expect(keyOf('user_license_details_service_plans')).toEqual([
    'user_id = @parent.id',
    'user_license_detail_id = id',
    'servicePlanId = servicePlans[].servicePlanId',
  ]);
  expect(columnsOf('applications_api_oauth2_permission_scopes').map((column) => column.sourcePath)).toContain(
    'api.oauth2PermissionScopes[].value',
  );
});

test('columns that need more than their table say what, and are not selected', () => {
  expect(columnsOf('users').find((column) => column.name === 'signInActivity')).toMatchObject({
    selected: false,
    permission: 'AuditLog.Read.All',
    licence: 'Microsoft Entra ID P1',
  });
  const needy = datasets.flatMap((dataset) => dataset.columns.filter((column) => column.permission !== null));
  expect(needy.length).toBeGreaterThan(3);
  expect(needy.filter((column) => column.selected)).toEqual([]);
});

test('the operators of a property are those that the documentation lists for it', () => {
  const support = (dataset: string, name: string) => {
    const column = columnsOf(dataset).find((candidate) => candidate.name === name);
    return [column?.filter, column?.advancedFilter];
  };
  expect(support('users', 'displayName')).toEqual([
    ['eq', 'in', 'startsWith'],
    ['ne', 'eqNull'],
  ]);
  expect(support('users', 'createdDateTime')).toEqual([
    ['eq', 'in', 'ge', 'le'],
    ['ne', 'eqNull'],
  ]);
  expect(support('users', 'mail')[1]).toContain('endsWith');
  expect(support('users', 'companyName')).toEqual([[], ['eq', 'in', 'ne', 'startsWith', 'ge', 'le', 'eqNull']]);
  expect(support('users', 'assignedLicenses')).toEqual([['any'], []]);
  expect(support('sign_ins', 'createdDateTime')).toEqual([['eq', 'ge', 'le'], []]);
  expect(support('users', 'aboutMe')).toEqual([undefined, undefined]);
});

test('what Graph sends without being asked is selected as a whole where nothing can be selected', () => {
  const extra = (name: string) => columnsOf(name).find((column) => column.name === '_extra')?.selected;
  expect([extra('sign_ins'), extra('named_locations'), extra('users')]).toEqual([true, true, false]);
});

test('what a list of users refuses is never offered', () => {
  const users = datasets.find((dataset) => dataset.name === 'users');
  expect(users?.columns.map((column) => column.name)).not.toContain('aboutMe');
  expect(users?.columns.find((column) => column.name === 'signInActivity')?.selected).toBe(false);
});

test('advice names the least permission of each dataset once', () => {
  expect(advisePermissions(['users', 'groups'], 'delegated')).toEqual([
    { name: 'Group.Read.All', adminConsent: true, datasets: ['groups'] },
    { name: 'User.Read', adminConsent: false, datasets: [] },
    { name: 'User.Read.All', adminConsent: true, datasets: ['users'] },
  ]);
});

test('members of groups and units ask for the permission that shows hidden ones, as optional', () => {
  for (const name of ['group_members', 'group_transitive_members', 'administrative_unit_members']) {
    const advice = advisePermissions([name], 'app-only').filter(({ optional }) => optional === true);
    expect(advice).toEqual([{ name: 'Member.Read.Hidden', adminConsent: true, datasets: [name], optional: true }]);
  }
  const review = (granted: readonly string[]) =>
    reviewPermissions({ datasetNames: ['group_members'], granted, signIn: 'app-only' }).find(
      ({ name }) => name === 'Member.Read.Hidden',
    )?.state;
  expect([review(['Group.Read.All']), review(['Member.Read.Hidden']), review([])]).toEqual(['optional', 'granted', 'unknown']);
});

test('advice for app-only sign-in needs no User.Read, and an administrator for all', () => {
  expect(advisePermissions(['users'], 'app-only')).toEqual([{ name: 'User.Read.All', adminConsent: true, datasets: ['users'] }]);
});

test('what hangs on users also takes a permission to find them, the least one that no other dataset needs', () => {
  const names = (datasets: readonly string[]) => advisePermissions(datasets, 'app-only').map(({ name }) => name);
  expect(names(['user_license_details'])).toEqual(['LicenseAssignment.Read.All', 'User.ReadBasic.All']);
  expect(names(['users', 'user_license_details'])).toEqual(['LicenseAssignment.Read.All', 'User.Read.All']);
  const dataset = find('user_license_details');
  const granted = (...permissions: string[]) =>
    dataset === undefined ? [] : missingPermissions(dataset, { permissions: new Set(permissions), signIn: 'delegated' });
  expect(granted('User.Read')[0]).toBe('LicenseAssignment.Read.All');
  expect(granted('LicenseAssignment.Read.All')[0]).toBe('User.ReadBasic.All');
  expect(granted('LicenseAssignment.Read.All', 'User.Read.All')).toEqual([]);
  expect(granted('Directory.Read.All')).toEqual([]);
});

test('advice for everything asks for nothing that writes', () => {
  for (const signIn of ['delegated', 'app-only'] as const) {
    expect(advisePermissions(null, signIn).filter(({ name }) => name.includes('Write'))).toEqual([]);
  }
  expect(advisePermissions(['role_assignment_schedule_requests'], 'app-only').map(({ name }) => name)).toEqual([
    'RoleAssignmentSchedule.ReadWrite.Directory',
  ]);
});

test('a review compares wanted with granted permissions: what is missing, covered by a wider permission, or not needed', () => {
  const review = reviewPermissions({
    datasetNames: ['users', 'groups', 'sign_ins'],
    granted: ['User.Read', 'Group.Read.All', 'Directory.Read.All', 'Mail.Read'],
    signIn: 'delegated',
  });
  expect(review.map(({ name, state, coveredBy }) => [name, state, coveredBy])).toEqual([
    ['AuditLog.Read.All', 'missing', null],
    ['Directory.Read.All', 'granted', null],
    ['Group.Read.All', 'granted', null],
    ['User.Read', 'granted', null],
    ['User.Read.All', 'covered', 'Directory.Read.All'],
    ['Mail.Read', 'not-needed', null],
  ]);
});

test('the datasets that a report stands in for are those whose methods it names, and the report is in the catalogue', () => {
  const replaced = CATALOG.flatMap(({ name, path, parent }) => {
    const instead = reportInsteadOf({ path, kind: parent === null ? 'entity' : 'relationship' }, 3003);
    return instead === null ? [] : [{ name, instead }];
  });
  expect(replaced.map(({ name }) => name.replace(/^user_|_methods$/g, '')).toSorted()).toEqual([
    ...['authentication', 'email', 'fido2', 'microsoft_authenticator', 'phone', 'software_oath', 'temporary_access_pass'],
    'windows_hello_for_business',
  ]);
  const reports = new Set(replaced.map(({ instead }) => instead.dataset));
  const [report] = CATALOG.filter(({ name }) => reports.has(name));
  expect([reports.size, report?.licence, report?.permissions.delegated]).toEqual([
    1,
    'Microsoft Entra ID P1',
    ['AuditLog.Read.All'],
  ]);
});
