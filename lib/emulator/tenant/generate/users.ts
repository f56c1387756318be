import type { Row } from '../collection.ts';
import { COMPANY, DOMAIN, EXTENSION, type IdSpaces, INITIAL_DOMAIN, SKUS, timestampOf } from '../company.ts';
import { COUNTRY_CODE, DEPARTMENTS, JOB_TITLES, NAME_SETS, type NameSet } from './names.ts';
import { type Random, randomFor } from './random.ts';

export interface Person {
  readonly displayName: string;
  readonly givenName: string;
  readonly surname: string;
  /** Latin letters, unique together with the index. */
  readonly alias: string;
  readonly names: NameSet;
}

/** Index 0 is the administrator, 3 a guest, 4 disabled, for the sign-in page. */
const SPECIAL: Readonly<Record<number, string>> = { 0: 'admin', 3: 'guest', 4: 'disabled' };

export function personOf(random: Random, index: number): Person {
  const common = NAME_SETS.slice(0, 3) as unknown as typeof NAME_SETS;
  const names = random.pick(random.chance(0.5) ? common : NAME_SETS);
  const given = random.int(names.given.length);
  const family = random.int(names.family.length);
  const givenName = names.given[given] ?? '';
  const surname = names.family[family] ?? '';
  const displayName = names.familyFirst ? `${surname}${givenName}` : `${givenName} ${surname}`;
  const alias = `${names.latin.given[given] ?? 'x'}.${names.latin.family[family] ?? 'y'}.${index}`.toLowerCase();
  return { displayName: random.chance(0.01) ? `${displayName} 🌿` : displayName, givenName, surname, alias, names };
}

/** A user with every property in Graph's catalogue. */
export function makeUser(seed: number, ids: IdSpaces, index: number): Row {
  const random = randomFor(seed, 'user', index);
  const person = personOf(random, index);
  const special = SPECIAL[index];
  const guest = special === 'guest' || (special === undefined && random.chance(0.06));
  const enabled = special === undefined ? !random.chance(0.08) : special !== 'disabled';
  const synced = !guest && special === undefined && random.chance(0.4);
  const alias = special === 'admin' ? 'admin' : person.alias;
  const mail = guest ? `${person.alias}@fabrikam.example` : `${alias}@${DOMAIN}`;
  const upn = guest ? `${person.alias}_fabrikam.example#EXT#@${INITIAL_DOMAIN}` : `${alias}@${DOMAIN}`;
  const licences = guest || random.chance(0.15) ? [] : licencesOf(random);
  const createdDateTime = timestampOf(random);
  const hasMail = !random.chance(0.03) || special !== undefined;
  const work = workOf(random, person, guest);
  const sync = syncOf(random, alias, synced);
  // Without spread operators, which would double the time for so large an object.
  return {
    id: ids.users.idOf(index),
    displayName: special === 'admin' ? `${person.displayName} (Administrator)` : person.displayName,
    givenName: person.givenName,
    surname: person.surname,
    userPrincipalName: upn,
    mail: hasMail ? mail : null,
    mailNickname: alias,
    accountEnabled: enabled,
    businessPhones: work.businessPhones,
    mobilePhone: work.mobilePhone,
    faxNumber: work.faxNumber,
    jobTitle: work.jobTitle,
    department: work.department,
    companyName: work.companyName,
    officeLocation: work.officeLocation,
    employeeId: work.employeeId,
    employeeType: work.employeeType,
    employeeHireDate: work.employeeHireDate,
    employeeLeaveDateTime: work.employeeLeaveDateTime,
    employeeOrgData: work.employeeOrgData,
    city: work.city,
    state: work.state,
    country: work.country,
    postalCode: work.postalCode,
    streetAddress: work.streetAddress,
    onPremisesSyncEnabled: sync.onPremisesSyncEnabled,
    onPremisesLastSyncDateTime: sync.onPremisesLastSyncDateTime,
    onPremisesSamAccountName: sync.onPremisesSamAccountName,
    onPremisesDomainName: sync.onPremisesDomainName,
    onPremisesDistinguishedName: sync.onPremisesDistinguishedName,
    onPremisesImmutableId: sync.onPremisesImmutableId,
    onPremisesSecurityIdentifier: sync.onPremisesSecurityIdentifier,
    onPremisesUserPrincipalName: sync.onPremisesUserPrincipalName,
    onPremisesProvisioningErrors: sync.onPremisesProvisioningErrors,
    onPremisesExtensionAttributes: sync.onPremisesExtensionAttributes,
    userType: guest ? 'Guest' : 'Member',
    creationType: guest ? 'Invitation' : null,
    externalUserState: guest ? (random.chance(0.8) ? 'Accepted' : 'PendingAcceptance') : null,
    externalUserStateChangeDateTime: guest ? createdDateTime : null,
    createdDateTime,
    deletedDateTime: null,
    lastPasswordChangeDateTime: timestampOf(random),
    signInSessionsValidFromDateTime: createdDateTime,
    passwordPolicies: random.chance(0.1) ? 'DisablePasswordExpiration' : null,
    preferredLanguage: random.chance(0.5) ? person.names.language : null,
    usageLocation: COUNTRY_CODE[person.names.country] ?? null,
    proxyAddresses: guest ? [] : [`SMTP:${mail}`, ...(random.chance(0.3) ? [`smtp:${person.alias}@${INITIAL_DOMAIN}`] : [])],
    otherMails: guest ? [mail] : [],
    imAddresses: guest ? [] : [mail],
    identities: [
      {
        signInType: guest ? 'federated' : 'userPrincipalName',
        issuer: guest ? 'ExternalAzureAD' : INITIAL_DOMAIN,
        issuerAssignedId: guest ? null : upn,
      },
    ],
    assignedLicenses: licences,
    assignedPlans:
      licences.length === 0
        ? []
        : [
            {
              assignedDateTime: createdDateTime,
              capabilityStatus: 'Enabled',
              service: 'exchange',
              servicePlanId: ids.misc.idOf(7),
            },
          ],
    provisionedPlans: [],
    licenseAssignmentStates: licences.map(({ skuId, disabledPlans }) => ({
      skuId,
      disabledPlans,
      assignedByGroup: null,
      state: 'Active',
      error: 'None',
      lastUpdatedDateTime: createdDateTime,
    })),
    ageGroup: null,
    consentProvidedForMinor: null,
    legalAgeGroupClassification: null,
    preferredDataLocation: null,
    customSecurityAttributes: null,
    showInAddressList: random.chance(0.1) ? false : null,
    isResourceAccount: null,
    isManagementRestricted: null,
    serviceProvisioningErrors: [],
    securityIdentifier: `S-1-12-1-${random.int(2 ** 31)}-${random.int(2 ** 31)}-${index}-1`,
    signInActivity: random.chance(0.7)
      ? {
          lastSignInDateTime: timestampOf(random),
          lastSignInRequestId: ids.misc.idOf(index),
          lastNonInteractiveSignInDateTime: timestampOf(random),
        }
      : null,
    [EXTENSION]: random.chance(0.25) ? `CC-${1000 + random.int(9000)}` : null,
  };
}

function workOf(random: Random, { names }: Person, guest: boolean) {
  const country = names.country;
  return {
    businessPhones: guest || random.chance(0.3) ? [] : [`+1 206 555 ${String(random.int(10_000)).padStart(4, '0')}`],
    mobilePhone: random.chance(0.4) ? `+49 151 555${String(random.int(100_000)).padStart(5, '0')}` : null,
    faxNumber: null,
    jobTitle: guest ? null : random.pick(JOB_TITLES),
    department: guest ? null : random.pick(DEPARTMENTS),
    companyName: guest ? 'Fabrikam' : COMPANY,
    officeLocation: random.chance(0.5) ? `${1 + random.int(40)}/${1000 + random.int(3000)}` : null,
    employeeId: guest ? null : String(100_000 + random.int(900_000)),
    employeeType: random.chance(0.3) ? random.pick(['Employee', 'Contractor', 'Intern']) : null,
    employeeHireDate: random.chance(0.4) ? `${timestampOf(random).slice(0, 10)}T00:00:00Z` : null,
    employeeLeaveDateTime: null,
    employeeOrgData: random.chance(0.2)
      ? { division: random.pick(['North', 'South']), costCenter: String(100 + random.int(900)) }
      : null,
    city: random.chance(0.8) ? random.pick(names.cities) : null,
    state: random.chance(0.2) ? 'WA' : null,
    country,
    postalCode: random.chance(0.4) ? String(10_000 + random.int(89_999)) : null,
    streetAddress: random.chance(0.3) ? `${1 + random.int(200)} Main Street\nBuilding ${random.pick(['A', 'B', 'C'])}` : null,
  };
}

const NO_ATTRIBUTES: Row = Object.freeze(
  Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`extensionAttribute${i + 1}`, null])),
);

function syncOf(random: Random, alias: string, synced: boolean) {
  return {
    onPremisesSyncEnabled: synced ? true : null,
    onPremisesLastSyncDateTime: synced ? timestampOf(random) : null,
    onPremisesSamAccountName: synced ? alias.slice(0, 20) : null,
    onPremisesDomainName: synced ? 'corp.alderfinch.example' : null,
    onPremisesDistinguishedName: synced ? `CN=${alias},OU=People,DC=corp,DC=alderfinch,DC=example` : null,
    onPremisesImmutableId: synced ? Buffer.from(alias).toString('base64') : null,
    onPremisesSecurityIdentifier: synced ? `S-1-5-21-1-2-3-${random.int(100_000)}` : null,
    onPremisesUserPrincipalName: synced ? `${alias}@corp.alderfinch.example` : null,
    onPremisesProvisioningErrors: [],
    onPremisesExtensionAttributes: synced
      ? {
          ...NO_ATTRIBUTES,
          extensionAttribute1: random.pick(['blue', 'green', 'red']),
          extensionAttribute2: random.pick(['blue', 'green', 'red']),
        }
      : NO_ATTRIBUTES,
  };
}

function licencesOf(random: Random): { skuId: string; disabledPlans: string[] }[] {
  const first = random.chance(0.75) ? SKUS[0] : SKUS[1];
  const rest = random.chance(0.3) ? [{ skuId: SKUS[2].skuId, disabledPlans: [] }] : [];
  return [{ skuId: first.skuId, disabledPlans: random.chance(0.2) ? ['57ff2da0-773e-42df-b2af-ffb7a2317929'] : [] }, ...rest];
}

/** Index of a user's manager: always smaller, so that there are no cycles; null for the first. */
export function managerOf(index: number): number | null {
  return index === 0 ? null : Math.floor((index - 1) / 8);
}
