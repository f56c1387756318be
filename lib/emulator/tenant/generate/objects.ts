import type { Row } from '../collection.ts';
import { DOMAIN, GRAPH_APP_ID, type IdSpaces, type Sizes, timestampOf } from '../company.ts';
import { GRAPH_APP_ROLES, graphAppRoles, graphScopes } from './graph-permissions.ts';
import { DEPARTMENTS } from './names.ts';
import { randomFor } from './random.ts';
import { personOf } from './users.ts';

const APP_WORDS = [
  'Payroll',
  'Badge',
  'Forecast',
  'Ticket',
  'Archive',
  'Pricing',
  'Warehouse',
  'Signal',
  'Ledger',
  'Roster',
] as const;
/** Microsoft's own applications, whose service principals exist in every tenant. */
const FIRST_PARTY = [
  { appId: GRAPH_APP_ID, displayName: 'Microsoft Graph' },
  { appId: '00000002-0000-0ff1-ce00-000000000000', displayName: 'Office 365 Exchange Online' },
  { appId: '00000003-0000-0ff1-ce00-000000000000', displayName: 'Office 365 SharePoint Online' },
  { appId: '797f4846-ba00-4fd7-ba43-dac1f8f63013', displayName: 'Windows Azure Service Management API' },
] as const;
const MICROSOFT_TENANT = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';

function appName(seed: number, index: number): string {
  return `${randomFor(seed, 'appname', index).pick(APP_WORDS)} ${index}`;
}

export function makeApplication(seed: number, ids: IdSpaces, index: number): Row {
  const random = randomFor(seed, 'application', index);
  const name = appName(seed, index);
  const createdDateTime = timestampOf(random);
  return {
    id: ids.applications.idOf(index),
    deletedDateTime: null,
    appId: ids.misc.idOf(100_000 + index),
    applicationTemplateId: null,
    disabledByMicrosoftStatus: null,
    createdDateTime,
    displayName: name,
    description: random.chance(0.3) ? `Internal application ${name}` : null,
    groupMembershipClaims: null,
    identifierUris: random.chance(0.4) ? [`api://${ids.misc.idOf(100_000 + index)}`] : [],
    isDeviceOnlyAuthSupported: null,
    isFallbackPublicClient: null,
    nativeAuthenticationApisEnabled: null,
    notes: null,
    publisherDomain: DOMAIN,
    serviceManagementReference: null,
    signInAudience: random.pick(['AzureADMyOrg', 'AzureADMultipleOrgs']),
    tags: random.chance(0.2) ? ['WindowsAzureActiveDirectoryIntegratedApp'] : [],
    tokenEncryptionKeyId: null,
    uniqueName: null,
    samlMetadataUrl: null,
    defaultRedirectUri: null,
    certification: null,
    optionalClaims: null,
    servicePrincipalLockConfiguration: null,
    requestSignatureVerification: null,
    addIns: [],
    api: {
      acceptMappedClaims: null,
      knownClientApplications: [],
      requestedAccessTokenVersion: 2,
      oauth2PermissionScopes: [],
      preAuthorizedApplications: [],
    },
    appRoles: random.chance(0.5)
      ? [
          {
            allowedMemberTypes: ['User'],
            description: 'Reads',
            displayName: 'Reader',
            id: ids.misc.idOf(300_000 + index),
            isEnabled: true,
            value: 'Data.Read',
          },
        ]
      : [],
    info: { logoUrl: null, marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
    keyCredentials: random.chance(0.2)
      ? [
          {
            customKeyIdentifier: Buffer.from(name).toString('base64'),
            displayName: `CN=${name}`,
            endDateTime: '2027-03-01T00:00:00Z',
            key: null,
            keyId: ids.misc.idOf(400_000 + index),
            startDateTime: createdDateTime,
            type: 'AsymmetricX509Cert',
            usage: 'Verify',
          },
        ]
      : [],
    parentalControlSettings: { countriesBlockedForMinors: [], legalAgeGroupRule: 'Allow' },
    passwordCredentials: random.chance(0.6)
      ? [
          {
            customKeyIdentifier: null,
            displayName: 'main',
            endDateTime: '2027-06-30T00:00:00Z',
            hint: 'abc',
            keyId: ids.misc.idOf(500_000 + index),
            secretText: null,
            startDateTime: createdDateTime,
          },
        ]
      : [],
    publicClient: { redirectUris: [] },
    requiredResourceAccess: [
      { resourceAppId: GRAPH_APP_ID, resourceAccess: [{ id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', type: 'Scope' }] },
    ],
    spa: { redirectUris: [] },
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
    web: {
      homePageUrl: `https://app${index}.${DOMAIN}`,
      logoutUrl: null,
      redirectUris: [`https://app${index}.${DOMAIN}/signin`],
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: true },
      redirectUriSettings: [],
    },
  };
}

export function makeServicePrincipal(seed: number, ids: IdSpaces, tenantId: string, index: number): Row {
  const random = randomFor(seed, 'servicePrincipal', index);
  const first = FIRST_PARTY[index];
  const application = index - FIRST_PARTY.length;
  const name = first?.displayName ?? appName(seed, application);
  const appId = first?.appId ?? ids.misc.idOf(100_000 + application);
  return {
    id: ids.servicePrincipals.idOf(index),
    deletedDateTime: null,
    accountEnabled: first !== undefined || !random.chance(0.05),
    alternativeNames: [],
    appDescription: null,
    appDisplayName: name,
    appId,
    applicationTemplateId: null,
    appOwnerOrganizationId: first === undefined ? tenantId : MICROSOFT_TENANT,
    appRoleAssignmentRequired: random.chance(0.3),
    createdByAppId: null,
    description: null,
    disabledByMicrosoftStatus: null,
    displayName: name,
    homepage: first === undefined ? `https://app${application}.${DOMAIN}` : null,
    loginUrl: null,
    logoutUrl: null,
    notes: null,
    notificationEmailAddresses: [],
    preferredSingleSignOnMode: null,
    preferredTokenSigningKeyThumbprint: null,
    replyUrls: first === undefined ? [`https://app${application}.${DOMAIN}/signin`] : [],
    servicePrincipalNames: [appId],
    servicePrincipalType: 'Application',
    signInAudience: first === undefined ? 'AzureADMyOrg' : 'AzureADMultipleOrgs',
    tags: [],
    tokenEncryptionKeyId: null,
    samlSingleSignOnSettings: null,
    customSecurityAttributes: null,
    addIns: [],
    appRoles: first?.appId === GRAPH_APP_ID ? graphAppRoles() : [],
    info: { logoUrl: null, marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
    keyCredentials: [],
    oauth2PermissionScopes: first?.appId === GRAPH_APP_ID ? graphScopes() : [],
    passwordCredentials: [],
    resourceSpecificApplicationPermissions: [],
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
  };
}

export function makeDevice(seed: number, ids: IdSpaces, index: number): Row {
  const random = randomFor(seed, 'device', index);
  const system = random.pick(['Windows', 'Windows', 'iPhone', 'Android', 'MacMDM', 'Linux']);
  return {
    id: ids.devices.idOf(index),
    deletedDateTime: null,
    accountEnabled: !random.chance(0.04),
    approximateLastSignInDateTime: timestampOf(random),
    complianceExpirationDateTime: null,
    createdDateTime: timestampOf(random),
    deviceCategory: null,
    deviceId: ids.misc.idOf(700_000 + index),
    deviceMetadata: null,
    deviceOwnership: random.pick(['Company', 'Personal', 'Unknown']),
    deviceVersion: 2,
    displayName: `${system.slice(0, 3).toUpperCase()}-${String(index).padStart(6, '0')}`,
    enrollmentProfileName: null,
    enrollmentType: null,
    isCompliant: random.chance(0.3) ? null : random.chance(0.9),
    isManaged: random.chance(0.5) ? true : null,
    isManagementRestricted: null,
    isRooted: null,
    managementType: null,
    manufacturer: random.pick(['Contoso Devices', 'Fabrikam']),
    mdmAppId: null,
    model: `M${1 + random.int(9)}`,
    onPremisesLastSyncDateTime: null,
    onPremisesSecurityIdentifier: null,
    onPremisesSyncEnabled: null,
    operatingSystem: system,
    operatingSystemVersion: `${10 + random.int(6)}.0.${random.int(30_000)}`,
    physicalIds: [`[GID]:g:${index}`],
    profileType: 'RegisteredDevice',
    registrationDateTime: timestampOf(random),
    systemLabels: [],
    trustType: random.pick(['AzureAd', 'Workplace', 'ServerAd']),
    alternativeSecurityIds: [],
  };
}

export function makeContact(seed: number, ids: IdSpaces, index: number): Row {
  const random = randomFor(seed, 'contact', index);
  const person = personOf(random, index);
  const mail = `${person.alias}@partner.example`;
  return {
    id: ids.contacts.idOf(index),
    deletedDateTime: null,
    companyName: 'Partner GmbH',
    department: random.pick(DEPARTMENTS),
    displayName: person.displayName,
    givenName: person.givenName,
    surname: person.surname,
    jobTitle: null,
    mail,
    mailNickname: person.alias,
    onPremisesLastSyncDateTime: null,
    onPremisesProvisioningErrors: [],
    onPremisesSyncEnabled: null,
    proxyAddresses: [`SMTP:${mail}`],
    serviceProvisioningErrors: [],
    addresses: [
      { city: null, countryOrRegion: person.names.country, officeLocation: null, postalCode: null, state: null, street: null },
    ],
    phones: [{ number: '+1 425 555 0100', type: 'business' }],
  };
}

export function makeAdministrativeUnit(seed: number, ids: IdSpaces, index: number): Row {
  const random = randomFor(seed, 'administrativeUnit', index);
  return {
    id: ids.administrativeUnits.idOf(index),
    deletedDateTime: null,
    description: `Administered on its own: region ${index}`,
    displayName: `${random.pick(['North', 'South', 'East', 'West'])} ${index}`,
    isMemberManagementRestricted: false,
    membershipRule: null,
    membershipRuleProcessingState: null,
    membershipType: null,
    visibility: random.chance(0.2) ? 'HiddenMembership' : null,
  };
}

/** A soft-deleted object: the object with the time of its deletion and another id. */
export function makeDeleted(row: Row, id: string, index: number): Row {
  return {
    ...row,
    id,
    deletedDateTime: new Date(Date.UTC(2026, 9, 20) + index * 3_600_000).toISOString(),
    ...(row['userPrincipalName'] === undefined
      ? {}
      : { userPrincipalName: `${id.replaceAll('-', '')}deleted${index}@${DOMAIN}` }),
  };
}

/** Names that assignments repeat. */
export interface AssignmentNames {
  user(index: number): string;
  servicePrincipal(index: number): string;
}

/** Index of Microsoft Graph's service principal. */
const GRAPH = 0;

/** Holders of a service principal's role: people the default one, applications those of Graph. Ids are not GUIDs. */
export function appRoleAssignments(seed: number, ids: IdSpaces, sizes: Sizes, index: number, names: AssignmentNames): Row[] {
  const random = randomFor(seed, 'appRoleAssignedTo', index);
  const resource = { resourceDisplayName: names.servicePrincipal(index), resourceId: ids.servicePrincipals.idOf(index) };
  const people = Array.from({ length: random.int(6) }, (_, number): Row => {
    const user = random.int(sizes.users);
    return {
      id: Buffer.from(`${index}/${number}/assignment/${seed}`).toString('base64url'),
      deletedDateTime: null,
      appRoleId: '00000000-0000-0000-0000-000000000000',
      createdDateTime: timestampOf(random),
      principalDisplayName: names.user(user),
      principalId: ids.users.idOf(user),
      principalType: 'User',
      ...resource,
    };
  });
  if (index !== GRAPH) return people;
  const holders = Array.from({ length: sizes.servicePrincipals }, (_, principal) =>
    graphRolesOf(seed, ids, principal).map((held) => ({
      ...held,
      principalDisplayName: names.servicePrincipal(principal),
      ...resource,
    })),
  );
  return [...people, ...holders.flat()];
}

/** Application permissions of Graph that a service principal has; the caller adds names. */
export function graphRolesOf(seed: number, ids: IdSpaces, principal: number): Row[] {
  const random = randomFor(seed, 'graphRoles', principal);
  if (principal < FIRST_PARTY.length || !random.chance(0.3)) return [];
  const roles = new Set(Array.from({ length: 1 + random.int(3) }, () => random.pick(GRAPH_APP_ROLES)));
  return [...roles].map((role) => ({
    id: Buffer.from(`${principal}/${role.value}/${seed}`).toString('base64url'),
    deletedDateTime: null,
    appRoleId: role.id,
    createdDateTime: timestampOf(random),
    principalId: ids.servicePrincipals.idOf(principal),
    principalType: 'ServicePrincipal',
  }));
}

export function makeGrant(seed: number, ids: IdSpaces, sizes: Sizes, index: number): Row {
  const random = randomFor(seed, 'grant', index);
  const everybody = random.chance(0.5);
  return {
    id: Buffer.from(`grant/${index}/${seed}`).toString('base64url'),
    clientId: ids.servicePrincipals.idOf(4 + random.int(Math.max(1, sizes.servicePrincipals - 4))),
    consentType: everybody ? 'AllPrincipals' : 'Principal',
    principalId: everybody ? null : ids.users.idOf(random.int(sizes.users)),
    resourceId: ids.servicePrincipals.idOf(0),
    scope: random.pick(['User.Read', ' User.Read Mail.Read', 'openid profile User.Read.All']),
  };
}
