import type { Row } from '../collection.ts';
import type { IdSpaces, Sizes } from '../company.ts';
import { randomFor } from './random.ts';

const MINUTE = 60_000;

/** Start of the day of `now`: entries are stable within a day. */
function today(now: Date): number {
  return Math.floor(now.getTime() / 86_400_000) * 86_400_000;
}

/** Sign-in number `index`, newest first. */
export function makeSignIn(
  seed: number,
  ids: IdSpaces,
  sizes: Sizes,
  now: Date,
  userOf: (index: number) => Row | null,
  index: number,
): Row {
  const random = randomFor(seed, 'signIn', index);
  const user = userOf(random.int(sizes.users));
  const failed = random.chance(0.07);
  const minutes = Math.floor((30 * 24 * 60) / sizes.signIns) || 1;
  return {
    id: ids.misc.idOf(2_000_000 + index),
    createdDateTime: new Date(today(now) - (index + 1) * minutes * MINUTE).toISOString().replace(/\.\d+Z$/, 'Z'),
    userDisplayName: user?.['displayName'] ?? '',
    userPrincipalName: user?.['userPrincipalName'] ?? '',
    userId: user?.['id'] ?? '',
    appId: ids.misc.idOf(100_000 + random.int(sizes.applications)),
    appDisplayName: random.pick(['Azure Portal', 'Microsoft Teams', 'Payroll', 'Office 365 Exchange Online']),
    ipAddress: `203.0.113.${random.int(250)}`,
    clientAppUsed: random.pick(['Browser', 'Mobile Apps and Desktop clients', 'Exchange ActiveSync']),
    correlationId: ids.misc.idOf(3_000_000 + index),
    conditionalAccessStatus: random.pick(['success', 'notApplied', 'failure']),
    isInteractive: true,
    riskDetail: 'none',
    riskLevelAggregated: random.pick(['none', 'none', 'low', 'hidden']),
    riskLevelDuringSignIn: 'none',
    riskState: 'none',
    riskEventTypes_v2: [],
    resourceDisplayName: 'Microsoft Graph',
    resourceId: '00000003-0000-0000-c000-000000000000',
    status: {
      errorCode: failed ? 50126 : 0,
      failureReason: failed ? 'Error validating credentials due to invalid username or password.' : 'Other.',
      additionalDetails: failed ? null : 'MFA requirement satisfied by claim in the token',
    },
    deviceDetail: {
      deviceId: '',
      displayName: '',
      operatingSystem: random.pick(['Windows10', 'Ios', 'MacOs']),
      browser: random.pick(['Edge 141.0.0', 'Chrome 142.0.0']),
      isCompliant: false,
      isManaged: false,
      trustType: '',
    },
    location: {
      city: random.pick(['Köln', 'Seattle', '東京']),
      state: '',
      countryOrRegion: random.pick(['DE', 'US', 'JP']),
      geoCoordinates: { altitude: null, latitude: 50.94, longitude: 6.96 },
    },
    appliedConditionalAccessPolicies: [],
  };
}

/** Directory audit number `index`, newest first. */
export function makeAudit(
  seed: number,
  ids: IdSpaces,
  sizes: Sizes,
  now: Date,
  userOf: (index: number) => Row | null,
  index: number,
): Row {
  const random = randomFor(seed, 'audit', index);
  const actor = userOf(0);
  const target = userOf(random.int(sizes.users));
  const minutes = Math.floor((30 * 24 * 60) / sizes.audits) || 1;
  const at = new Date(today(now) - (index + 1) * minutes * MINUTE).toISOString().replace('Z', '4567Z');
  return {
    id: `Directory_${ids.misc.idOf(4_000_000 + index)}_${String(random.int(1_000_000)).padStart(6, '0')}`,
    category: random.pick(['UserManagement', 'GroupManagement', 'ApplicationManagement']),
    correlationId: ids.misc.idOf(5_000_000 + index),
    result: random.chance(0.95) ? 'success' : 'failure',
    resultReason: '',
    activityDisplayName: random.pick(['Update user', 'Add member to group', 'Add user', 'Consent to application']),
    activityDateTime: at,
    loggedByService: 'Core Directory',
    operationType: random.pick(['Update', 'Assign', 'Add']),
    initiatedBy: {
      app: null,
      user: {
        id: actor?.['id'] ?? null,
        displayName: null,
        userPrincipalName: actor?.['userPrincipalName'] ?? null,
        ipAddress: '203.0.113.9',
      },
    },
    targetResources: [
      {
        id: target?.['id'] ?? '',
        displayName: null,
        type: 'User',
        userPrincipalName: target?.['userPrincipalName'] ?? null,
        groupType: null,
        modifiedProperties: [{ displayName: 'Department', oldValue: '"Sales"', newValue: '"Finance"' }],
      },
    ],
    additionalDetails: [{ key: 'User-Agent', value: 'Mozilla/5.0' }],
  };
}
