import { expect, test } from 'vitest';
import { CATALOG } from '#lib/catalog/catalog.ts';
import { parseCsdl } from '#lib/catalog/csdl/csdl.ts';
import { permissionHint } from '#lib/catalog/permissions/permission-hints.ts';
import { graphModel as model } from '#lib/catalog/testing/graph-csdl.ts';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { buildAdvanced, offerAdvanced } from './advanced-datasets.ts';
import { buildDatasets } from './build-datasets.ts';
import { resolvePath } from './resolve-path.ts';

const offers = offerAdvanced(model);
const find = (path: string) => offers.find((offer) => offer.path === path);

test('what the catalogue lacks is offered: entity sets, collections of singletons, what hangs on both', () => {
  expect(find('/sites/{id}/lists')).toMatchObject({ kind: 'relationship', origin: 'advanced', area: 'Other' });
  expect(find('/print/printers')).toMatchObject({
    kind: 'entity',
    name: 'print_printers',
    title: 'Print: printers',
    entityType: 'microsoft.graph.printer',
  });
  expect(find('/deviceManagement/managedDevices')?.permissions[0]).toBe('DeviceManagementManagedDevices.Read.All');
  expect(offers.length).toBeGreaterThan(350);
});

test('nothing is offered twice, and nothing of the catalogue', () => {
  const known = new Set(CATALOG.map((entry) => entry.path.toLowerCase()));
  const names = buildDatasets(model).map((dataset) => dataset.name);
  expect(offers.filter((offer) => known.has(offer.path.toLowerCase()))).toEqual([]);
  expect(new Set(offers.map((offer) => offer.path)).size).toBe(offers.length);
  expect(new Set(offers.map((offer) => offer.name)).size).toBe(offers.length);
  expect(offers.filter((offer) => names.includes(offer.name)).map((offer) => offer.name)).toEqual([]);
});

test('entity sets without a list are not offered', () => {
  for (const path of ['/directoryObjects', '/invitations', '/domainDnsRecords', '/scopedRoleMemberships', '/subscriptions']) {
    expect(find(path), path).toBeUndefined();
  }
});

test('nothing is offered that hangs on objects which can not be listed, or that needs a filter', () => {
  const listed = new Set([...offers, ...CATALOG.filter(({ filter }) => filter === null)].map(({ path }) => path.toLowerCase()));
  const parents = offers.filter(({ path }) => path.includes('{id}')).map(({ path }) => path.slice(0, path.lastIndexOf('/{id}')));
  expect(parents.length).toBeGreaterThan(190);
  expect(parents.filter((path) => !listed.has(path.toLowerCase()))).toEqual([]);
  for (const path of [
    '/communications/calls/{id}/participants',
    '/policies/roleManagementPolicies/{id}/rules',
    '/identityGovernance/privilegedAccess/group/assignmentSchedules',
    '/identityGovernance/privilegedAccess/group/eligibilitySchedules',
  ]) {
    expect(find(path), path).toBeUndefined();
  }
});

test('every offer becomes a definition with a key and columns that $metadata has', () => {
  for (const offer of offers) {
    const dataset = buildAdvanced(model, offer.path);
    expect(dataset, offer.path).not.toBeNull();
    DatasetDefinition.parse(dataset);
    expect(dataset?.name).toBe(offer.name);
    expect(
      dataset?.columns.some((column) => column.key),
      offer.path,
    ).toBe(true);
    const names = dataset?.columns.map((column) => column.name.toLowerCase()) ?? [];
    expect(new Set(names).size, offer.path).toBe(names.length);
    expect(resolvePath(model, offer.path)).toEqual({ type: offer.entityType, collection: true });
  }
});

test('an advanced dataset reads everything that comes, and keeps what its type does not declare', () => {
  const dataset = buildAdvanced(model, '/print/printers');
  expect(dataset?.read).toMatchObject({ select: false, pageSizeMax: null, countable: false });
  expect(dataset?.columns.find((column) => column.name === '_extra')?.selected).toBe(true);
  expect(buildAdvanced(model, '/groups/{id}/acceptedSenders')?.parent).toMatchObject({
    path: '/groups',
    column: 'group_id',
    pageSizeMax: 999,
  });
  expect(buildAdvanced(model, '/no/such/path')).toBeNull();
});

test('a document without singletons and annotations has no more to offer than it says', () => {
  const small = parseCsdl([
    '<Schema Namespace="microsoft.graph"><EntityType Name="user"><Key><PropertyRef Name="id"/></Key><Property Name="id" Type="Edm.String"/></EntityType><EntityContainer Name="GraphService"><EntitySet Name="contracts" EntityType="microsoft.graph.user"/><EntitySet Name="users" EntityType="microsoft.graph.user"/></EntityContainer></Schema>',
  ]);
  expect(offerAdvanced(small)).toEqual([]);
});

test('the permission list knows a GET by its path, whatever the case', () => {
  expect(permissionHint('/GROUPS/{id}/members')?.application).toContain('GroupMember.Read.All');
  expect(permissionHint('/groups/{id}')).toBeNull();
  expect(permissionHint('/nothing')).toBeNull();
});
