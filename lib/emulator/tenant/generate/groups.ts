import type { Row } from '../collection.ts';
import { DOMAIN, type IdSpaces, type Sizes, timestampOf } from '../company.ts';
import { DEPARTMENTS } from './names.ts';
import { randomFor } from './random.ts';

/** Types of the directory whose objects can be referenced by id. */
export const REF_TYPES = ['user', 'group', 'device', 'servicePrincipal', 'orgContact', 'application'] as const;

/** Reference to an object of the directory: its type and its index among the objects of that type. */
export interface ObjectRef {
  readonly type: (typeof REF_TYPES)[number];
  readonly index: number;
}

/** The first groups have special roles. */
const EVERYONE = 0;
const EMPTY = 1;
/** Groups 2..5 are nested four levels deep, and 5 contains 2. */
const NEST_FIRST = 2;
const NEST_LAST = 5;
/** One of this many groups hides its members, if it is a Microsoft 365 group. */
const HIDDEN_EVERY = 4;

export function makeGroup(seed: number, ids: IdSpaces, index: number): Row {
  const random = randomFor(seed, 'group', index);
  const kind = index === EVERYONE ? 'dynamic' : random.pick(['security', 'security', 'unified', 'mail', 'dynamic']);
  const department = random.pick(DEPARTMENTS);
  const name =
    index === EVERYONE
      ? 'All employees'
      : index === EMPTY
        ? 'Empty for now'
        : index <= NEST_LAST
          ? `Nested level ${index - 1}`
          : `${department} ${kind === 'unified' ? 'Team' : 'Group'} ${index}`;
  const nickname = `group${index}`;
  const mailEnabled = kind === 'unified' || kind === 'mail';
  const createdDateTime = timestampOf(random);
  return {
    id: ids.groups.idOf(index),
    deletedDateTime: null,
    classification: null,
    createdDateTime,
    description: random.chance(0.5) ? `What ${department} shares – „${name}“` : null,
    displayName: name,
    expirationDateTime: null,
    groupTypes: kind === 'unified' ? ['Unified'] : kind === 'dynamic' ? ['DynamicMembership'] : [],
    isAssignableToRole: random.chance(0.05) ? true : null,
    isManagementRestricted: null,
    mail: mailEnabled ? `${nickname}@${DOMAIN}` : null,
    mailEnabled,
    mailNickname: nickname,
    membershipRule: kind === 'dynamic' ? '(user.accountEnabled -eq true)' : null,
    membershipRuleProcessingState: kind === 'dynamic' ? 'On' : null,
    onPremisesDomainName: null,
    onPremisesLastSyncDateTime: null,
    onPremisesNetBiosName: null,
    onPremisesProvisioningErrors: [],
    onPremisesSamAccountName: null,
    onPremisesSecurityIdentifier: null,
    onPremisesSyncEnabled: null,
    preferredDataLocation: null,
    preferredLanguage: null,
    proxyAddresses: mailEnabled ? [`SMTP:${nickname}@${DOMAIN}`] : [],
    renewedDateTime: createdDateTime,
    resourceBehaviorOptions: [],
    resourceProvisioningOptions: kind === 'unified' && random.chance(0.6) ? ['Team'] : [],
    securityEnabled: kind !== 'mail',
    securityIdentifier: `S-1-12-1-${random.int(2 ** 31)}-${index}-1-1`,
    serviceProvisioningErrors: [],
    theme: null,
    uniqueName: null,
    visibility: kind === 'unified' ? visibilityOf(random.pick(['Public', 'Private']), index) : null,
    assignedLabels: [],
    assignedLicenses: [],
    licenseProcessingState: null,
  };
}

/** Some Microsoft 365 groups hide their members (Graph doc "group resource type"). */
function visibilityOf(open: string, index: number): string {
  return index % HIDDEN_EVERY === HIDDEN_EVERY - 1 ? 'HiddenMembership' : open;
}

/** Initial direct members of a group. */
export function foundingMembers(seed: number, sizes: Sizes, index: number): ObjectRef[] {
  const random = randomFor(seed, 'members', index);
  if (index === EMPTY) return [];
  if (index === EVERYONE)
    return Array.from({ length: Math.min(sizes.users, 2500) }, (_, user) => ({ type: 'user', index: user }));
  const refs: ObjectRef[] = [];
  const seen = new Set<string>();
  const add = (ref: ObjectRef): void => {
    const key = `${ref.type}${ref.index}`;
    if (!seen.has(key)) refs.push(ref);
    seen.add(key);
  };
  if (index >= NEST_FIRST && index <= NEST_LAST) add({ type: 'group', index: index === NEST_LAST ? NEST_FIRST : index + 1 });
  const users = 2 + random.int(Math.min(60, sizes.users - 2));
  for (let i = 0; i < users; i++) add({ type: 'user', index: random.int(sizes.users) });
  if (random.chance(0.3)) for (let i = 0; i < 3; i++) add({ type: 'device', index: random.int(sizes.devices) });
  if (random.chance(0.25))
    for (let i = 0; i < 2; i++) add({ type: 'servicePrincipal', index: random.int(sizes.servicePrincipals) });
  if (random.chance(0.1)) add({ type: 'orgContact', index: random.int(sizes.contacts) });
  // Only later groups, so that the only cycle is the planned one.
  if (index > NEST_LAST && random.chance(0.2) && index + 1 < sizes.groups)
    add({ type: 'group', index: index + 1 + random.int(sizes.groups - index - 1) });
  return refs;
}

export function ownersOf(seed: number, sizes: Sizes, kind: string, index: number): ObjectRef[] {
  const random = randomFor(seed, `owners-${kind}`, index);
  const count = random.int(3);
  const owners = new Set(Array.from({ length: count }, () => random.int(sizes.users)));
  return [...owners].map((user) => ({ type: 'user', index: user }));
}
