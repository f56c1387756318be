import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { graphModel } from '#lib/catalog/testing/graph-csdl.ts';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import { Stage } from '#lib/reload/stage/stage.ts';
import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { buildDatasets } from './build-datasets.ts';

const FOLDER = join(import.meta.dirname, '..', 'testdata', 'samples');

/** Dataset of the catalogue that each documented response belongs to; null: of none. */
const DATASET_OF = {
  accessPackageAssignmentPolicies: 'access_package_assignment_policies',
  'accessPackageAssignments-v1': 'access_package_assignments',
  accessPackageCatalogs: 'access_package_catalogs',
  accessReviewDecisions: 'access_review_decisions',
  'accessReviewInstances-v1': 'access_review_instances',
  adminConsentRequestPolicy: 'admin_consent_request_policy',
  administrativeUnits: 'administrative_units',
  'application-extensionProperties': 'application_extension_properties',
  'application-owners': 'application_owners',
  authenticationMethodsPolicy: 'authentication_methods_policy',
  b2xUserFlows: 'b2x_user_flows',
  claimsMappingPolicies: 'claims_mapping_policies',
  connectedOrganizations: 'connected_organizations',
  contracts: 'contracts',
  'deletedItems-group-orderby': 'deleted_groups',
  'device-memberOf': 'device_member_of',
  'device-registeredUsers': 'device_registered_users',
  'directoryAudits-2024': 'directory_audits',
  // A look-up by ids, not a list.
  'directoryObjects-getByIds': null,
  directoryRoleTemplates: 'directory_role_templates',
  'domain-domainNameReferences': 'domain_name_references',
  'domain-verificationDnsRecords': 'domain_verification_dns_records',
  'group-appRoleAssignments': 'group_app_role_assignments',
  'group-delta': 'groups',
  'group-members': 'group_members',
  'group-transitiveMembers': 'group_transitive_members',
  groupSettings: 'group_settings',
  homeRealmDiscoveryPolicies: 'home_realm_discovery_policies',
  identityProviders: 'identity_providers',
  'multiTenantOrganization-tenants': 'multi_tenant_organization_tenants',
  namedLocations: 'named_locations',
  'organization-get': 'organization',
  permissionGrantPolicies: 'permission_grant_policies',
  profileCardProperties: 'profile_card_properties',
  'riskDetections-2024': 'risk_detections',
  'riskyUser-history': 'risky_user_history',
  roleAssignmentScheduleInstances: 'role_assignment_schedule_instances',
  'roleAssignments-v1-expandPrincipal': 'role_assignment_principals',
  roleDefinitions: 'role_definitions',
  roleEligibilityScheduleInstances: 'role_eligibility_schedule_instances',
  roleManagementPolicies: 'role_management_policies',
  schemaExtensions: 'schema_extensions',
  'servicePrincipal-appRoleAssignments': 'service_principal_app_role_assignments',
  'servicePrincipal-oauth2PermissionGrants': 'service_principal_oauth2_permission_grants',
  servicePrincipals: 'service_principals',
  subscribedSkus: 'subscribed_skus',
  'user-appRoleAssignments': 'user_app_role_assignments',
  'user-customSecurityAttributes': 'users',
  'user-directReports': 'user_direct_reports',
  'user-licenseDetails': 'user_license_details',
  'user-memberOf': 'user_member_of',
  'user-ownedDevices': 'user_owned_devices',
  'user-registeredDevices': 'user_registered_devices',
  userRegistrationDetails: 'user_registration_details',
  users: 'users',
} as const satisfies Record<string, string | null>;

type Row = Readonly<Record<string, unknown>>;

/**
 * What the columns lack, by sample: relations that were sent along, properties that $metadata of today doesn't have (or only beta had),
 * properties of one kind of member. All of it has to be found in `_extra`.
 */
const BEYOND: Partial<Record<string, readonly string[]>> = {
  accessPackageAssignmentPolicies: ['accessPackageId', 'accessReviewSettings', 'canExtend', 'durationInDays'],
  accessPackageCatalogs: ['catalogStatus', 'createdBy', 'modifiedBy'],
  b2xUserFlows: ['identityProviders'],
  connectedOrganizations: ['createdBy', 'modifiedBy'],
  'device-memberOf': ['createdDateTime', 'description', 'groupTypes', 'mailEnabled', 'securityEnabled'],
  'domain-domainNameReferences': [
    'accountEnabled',
    'facsimileTelephoneNumber',
    'mailNickname',
    'mobile',
    'objectId',
    'objectType',
    'odata.type',
  ],
  'group-transitiveMembers': ['description', 'groupTypes', 'mailEnabled', 'mailNickname', 'organizationId'],
  identityProviders: ['name', 'type'],
  permissionGrantPolicies: ['excludes', 'includes'],
  'roleAssignments-v1-expandPrincipal': ['resourceScope'],
  roleDefinitions: ['inheritsPermissionsFrom'],
  'user-memberOf': ['mailEnabled', 'mailNickname', 'securityEnabled'],
};

const DATASETS = new Map(buildDatasets(graphModel).map((dataset) => [dataset.name, dataset]));

/** Shown by the documentation where a date and a truth value would stand. */
const PLACEHOLDERS: ReadonlySet<unknown> = new Set(['datetime-value', 'Boolean', 'String (timestamp)']);

function readSample(name: string): Row[] {
  const body = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Row & { value?: Row[] };
  const rows = Array.isArray(body.value) ? body.value : [body];
  // Where the documentation shows a placeholder there is no value.
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, PLACEHOLDERS.has(value) ? null : value])),
  );
}

/** The rows as the engine stages them, every column read: typed values as text by column name. */
async function stageRows(columns: readonly Column[], rows: readonly Row[]): Promise<Record<string, unknown>[]> {
  const stage = await Stage.open({ dir: temporaryFolder(), columns, signature: 'sample' });
  onTestFinished(() => stage.remove());
  const body = Buffer.from(
    JSON.stringify({ value: rows.map((row) => ({ ...row, '@parent.id': 'p', '@parent.parent.id': 'g' })) }),
  );
  await stage.writer.append([{ body, cursor: null, requests: 1, throttledMs: 0 }]);
  const names = columns.map(({ name }) => `"${name}"`);
  const staged = await stage.staged.query(`SELECT ${names.map((name) => `CAST(${name} AS VARCHAR)`).join(', ')} FROM staged`);
  return staged.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
}

/** What a staged text has to be for a value that Graph sent. */
function expected(value: unknown, column: Column): unknown {
  if (value === null) return null;
  switch (column.type) {
    case 'json':
      return value;
    case 'dateTimeOffset': {
      // PostgreSQL and Parquet keep 6 of the 7 fractional digits: docs/types.md.
      const [whole = '', fraction = ''] = String(value).replace(/Z$/, '').split('.');
      const kept = fraction.slice(0, 6).replace(/0+$/, '');
      return `${whole.replace('T', ' ')}${kept === '' ? '' : `.${kept}`}+00`;
    }
    case 'double':
      return Number(value).toFixed(1).endsWith('.0') ? Number(value).toFixed(1) : String(value);
    default:
      return String(value);
  }
}

test('every documented response has its dataset, or a reason for none', () => {
  const files = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));
  expect(Object.keys(DATASET_OF).sort()).toEqual(files.sort());
});

const SAMPLES = Object.entries(DATASET_OF).flatMap(([name, dataset]) => (dataset === null ? [] : [[name, dataset] as const]));

test.each(SAMPLES)('%s is typed as %s and no value is lost', async (name, datasetName) => {
  const dataset = DATASETS.get(datasetName);
  if (dataset === undefined) throw new Error(`no dataset ${datasetName}`);
  const rows = readSample(name);
  const staged = await stageRows(dataset.columns, rows);
  expect(staged.length).toBe(rows.length);
  const beyond = new Set<string>();
  for (const [index, row] of rows.entries()) {
    const found = staged[index] ?? {};
    const extra = JSON.parse(String(found['_extra'] ?? '{}')) as Row;
    for (const [property, value] of Object.entries(row).filter(([key]) => !key.includes('@'))) {
      const column = dataset.columns.find(({ sourcePath }) => sourcePath.toLowerCase() === property.toLowerCase());
      if (column === undefined) {
        beyond.add(property);
        expect(extra[property], property).toEqual(value);
      } else {
        const text = found[column.name];
        expect(column.type === 'json' && typeof text === 'string' ? JSON.parse(text) : text, property).toEqual(
          expected(value, column),
        );
      }
    }
    const type = dataset.columns.find(({ sourcePath }) => sourcePath === '@odata.type');
    if (type !== undefined && row['@odata.type'] !== undefined) expect(found[type.name]).toBe(row['@odata.type']);
  }
  expect([...beyond].sort()).toEqual(BEYOND[name] ?? []);
});

/** Shortened by the documentation, rows selected without it or of the older Azure AD Graph; the page of the type says of `id`: key, not nullable. */
const SHOWN_WITHOUT_KEY: ReadonlySet<string> = new Set([
  'domain-domainNameReferences',
  'group-delta',
  'organization-get',
  'servicePrincipals',
  'user-customSecurityAttributes',
  'user-memberOf',
  'users',
]);

test.each(SAMPLES.filter(([name]) => !SHOWN_WITHOUT_KEY.has(name)))('%s has the key of %s in every row', (name, datasetName) => {
  const keys = DATASETS.get(datasetName)?.columns.filter(({ key, sourcePath }) => key && !sourcePath.startsWith('@parent')) ?? [];
  const without = readSample(name).flatMap((row) =>
    keys
      .filter(({ sourcePath }) => row[sourcePath] === undefined || row[sourcePath] === null)
      .map(({ sourcePath }) => sourcePath),
  );
  expect(without).toEqual([]);
});
