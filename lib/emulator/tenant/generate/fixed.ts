import type { Row } from '../collection.ts';
import { COMPANY, DOMAIN, type IdSpaces, INITIAL_DOMAIN, type Sizes, SKUS } from '../company.ts';
import { randomFor } from './random.ts';

/** Share of the users that hold each licence. */
const SHARES = [0.6, 0.2, 0.25];

const ROLES = [
  [
    '62e90394-69f5-4237-9190-012177145e10',
    'Global Administrator',
    'Can manage all aspects of Microsoft Entra ID and Microsoft services that use Microsoft Entra identities.',
  ],
  [
    'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
    'Global Reader',
    'Can read everything that a Global Administrator can, but not update anything.',
  ],
  [
    'fe930be7-5e62-47db-91af-98c3a49a38b1',
    'User Administrator',
    'Can manage all aspects of users and groups, including resetting passwords for limited admins.',
  ],
  [
    '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
    'Application Administrator',
    'Can create and manage all aspects of app registrations and enterprise apps.',
  ],
  ['4a5d8f65-41da-4de4-8968-e035b65339cf', 'Reports Reader', 'Can read sign-in and audit reports.'],
  [
    '729827e3-9c14-49f7-bb1b-9608f156bbb8',
    'Helpdesk Administrator',
    'Can reset passwords for non-administrators and Helpdesk Administrators.',
  ],
  ['88d8e3e3-8f55-4a1e-953a-9b9898b8876b', 'Directory Readers', 'Can read basic directory information.'],
  ['5d6b6bb7-de71-4623-b4af-96380a352509', 'Security Reader', 'Can read security information and reports.'],
] as const;

/** Number of activated roles. */
export const ACTIVE_ROLES = 6;

export function organizationRow(tenantId: string): Row {
  return {
    id: tenantId,
    deletedDateTime: null,
    businessPhones: ['+1 206 555 0100'],
    city: 'Seattle',
    country: null,
    countryLetterCode: 'US',
    createdDateTime: '2016-03-01T08:00:00Z',
    defaultUsageLocation: null,
    displayName: COMPANY,
    isMultipleDataLocationsForServicesEnabled: null,
    marketingNotificationEmails: [],
    onPremisesLastSyncDateTime: null,
    onPremisesSyncEnabled: null,
    partnerTenantType: null,
    postalCode: '98101',
    preferredLanguage: 'en',
    securityComplianceNotificationMails: [],
    securityComplianceNotificationPhones: [],
    state: 'WA',
    street: '1 Harbor Way',
    technicalNotificationMails: [`it@${DOMAIN}`],
    tenantType: 'AAD',
    mobileDeviceManagementAuthority: 'unknown',
    privacyProfile: null,
    provisionedPlans: [],
    assignedPlans: [
      {
        assignedDateTime: '2020-01-01T00:00:00Z',
        capabilityStatus: 'Enabled',
        service: 'exchange',
        servicePlanId: 'efb87545-963c-4e0d-99df-69c6916d9eb0',
      },
    ],
    verifiedDomains: [
      { capabilities: 'Email, OfficeCommunicationsOnline', isDefault: true, isInitial: false, name: DOMAIN, type: 'Managed' },
      { capabilities: 'Email', isDefault: false, isInitial: true, name: INITIAL_DOMAIN, type: 'Managed' },
    ],
  };
}

export function domainRows(): Row[] {
  const domain = (id: string, flags: Row): Row => ({
    id,
    authenticationType: 'Managed',
    availabilityStatus: null,
    isAdminManaged: true,
    isDefault: false,
    isInitial: false,
    isRoot: true,
    isVerified: true,
    manufacturer: null,
    model: null,
    passwordNotificationWindowInDays: null,
    passwordValidityPeriodInDays: null,
    state: null,
    supportedServices: ['Email', 'OfficeCommunicationsOnline'],
    ...flags,
  });
  return [
    domain(DOMAIN, { isDefault: true }),
    domain(INITIAL_DOMAIN, { isInitial: true }),
    domain('corp.alderfinch.example', { isRoot: false, supportedServices: [] }),
    domain('alderfinch-labs.example', { isVerified: false, supportedServices: [], passwordValidityPeriodInDays: 2147483647 }),
  ];
}

export function skuRows(tenantId: string, users: number): Row[] {
  return SKUS.map((sku, number) => ({
    accountId: tenantId,
    accountName: COMPANY,
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    consumedUnits: Math.round(users * (SHARES[number] ?? 0)),
    id: `${tenantId}_${sku.skuId}`,
    skuId: sku.skuId,
    skuPartNumber: sku.skuPartNumber,
    subscriptionIds: [],
    prepaidUnits: { enabled: Math.max(sku.enabled, users), lockedOut: 0, suspended: 0, warning: 0 },
    servicePlans: sku.plans.map((name, at) => ({
      appliesTo: 'User',
      provisioningStatus: 'Success',
      servicePlanId: `00000000-0000-4000-8000-00000000${number}${String(at).padStart(3, '0')}`,
      servicePlanName: name,
    })),
  }));
}

export function directoryRoleRows(ids: IdSpaces): Row[] {
  return ROLES.slice(0, ACTIVE_ROLES).map(([template, displayName, description], index) => ({
    id: ids.directoryRoles.idOf(index),
    deletedDateTime: null,
    description,
    displayName,
    roleTemplateId: template,
  }));
}

export function roleDefinitionRows(): Row[] {
  return ROLES.map(([id, displayName, description]) => ({
    id,
    description,
    displayName,
    isBuiltIn: true,
    isEnabled: true,
    resourceScopes: ['/'],
    templateId: id,
    version: '1',
    rolePermissions: [
      { allowedResourceActions: ['microsoft.directory/users/standard/read'], condition: null, excludedResourceActions: [] },
    ],
  }));
}

/** Users of an activated role: the first one's is the administrator. */
export function roleMembers(seed: number, sizes: Sizes, role: number): number[] {
  if (role === 0) return [0, 1];
  const random = randomFor(seed, 'roleMembers', role);
  return [...new Set(Array.from({ length: 1 + random.int(5) }, () => random.int(sizes.users)))];
}

/** Role assignments of the activated roles; ids look like base64, not like GUIDs. */
export function roleAssignmentRows(seed: number, sizes: Sizes, ids: IdSpaces): Row[] {
  return ROLES.slice(0, ACTIVE_ROLES).flatMap(([roleDefinitionId], role) =>
    roleMembers(seed, sizes, role).map((user) => ({
      id: Buffer.from(`${roleDefinitionId}/${user}`).toString('base64url'),
      appScopeId: null,
      condition: null,
      directoryScopeId: '/',
      principalId: ids.users.idOf(user),
      roleDefinitionId,
    })),
  );
}
