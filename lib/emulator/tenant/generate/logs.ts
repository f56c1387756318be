import type { Row } from '../collection.ts';
import type { IdSpaces, Sizes } from '../company.ts';
import { randomFor } from './random.ts';

const MINUTE = 60_000;
/** How long Graph keeps a log (Entra doc "Microsoft Entra data retention"). */
const KEPT_MS = 30 * 24 * 60 * MINUTE;
/** Events are numbered from this time on, so that each has the same id and time in every answer. */
const EPOCH = Date.UTC(2016, 2, 1);
/** Position of event 0 in a list; newer ones come first. */
const LAST = 2 ** 40;
/** Fraction of events that arrive late, and their maximum delay. */
const LATE_SHARE = 0.05;
const LATE_MINUTES = 110;
/** Minutes after which the risk of some sign-ins is assessed. */
const ASSESSED_MINUTES = 40;
const RISKY_SHARE = 0.03;

/** Values of `signInEventTypes` (Graph doc of beta, signIn resource type). */
export const SIGN_IN_TYPES = ['interactiveUser', 'nonInteractiveUser', 'servicePrincipal', 'managedIdentity'] as const;
export type SignInType = (typeof SIGN_IN_TYPES)[number];

/** Events that Graph has at a time, newest first. */
export interface EventLog {
  rows(from: number): Iterable<readonly [position: number, row: Row]>;
}

export interface LogOptions {
  readonly seed: number;
  readonly ids: IdSpaces;
  readonly sizes: Sizes;
  readonly now: Date;
  readonly userOf: (index: number) => Row | null;
}

/** Sign-ins of these types. */
export function signInLog(options: LogOptions, types: readonly SignInType[]): EventLog {
  const make = (number: number, at: Date): Row[] => types.map((type) => makeSignIn(options, type, { number, at }));
  return eventLog(options, { kind: 'signIn', size: options.sizes.signIns, make });
}

export function auditLog(options: LogOptions): EventLog {
  return eventLog(options, {
    kind: 'audit',
    size: options.sizes.audits,
    make: (number, at) => [makeAudit(options, { number, at })],
  });
}

interface Stream {
  readonly kind: string;
  /** Number of events in the time that Graph keeps them. */
  readonly size: number;
  /** Rows of one event number, at most 4. */
  readonly make: (number: number, at: Date) => readonly Row[];
}

function eventLog({ seed, now }: LogOptions, { kind, size, make }: Stream): EventLog {
  const step = Math.floor(KEPT_MS / size);
  const numberAt = (time: number): number => Math.floor((time - EPOCH) / step);
  const oldest = numberAt(now.getTime() - KEPT_MS) + 1;
  return {
    *rows(from) {
      const newest = Math.min(numberAt(now.getTime()), Math.floor((LAST - from) / 4));
      for (let number = newest; number >= oldest; number--) {
        const at = EPOCH + number * step;
        if (at + delayOf(seed, kind, number) > now.getTime()) continue;
        for (const [index, row] of make(number, new Date(at)).entries()) {
          const position = LAST - number * 4 + index;
          if (position >= from) yield [position, row];
        }
      }
    },
  };
}

/** Delay until Graph first shows an event, milliseconds. */
function delayOf(seed: number, kind: string, number: number): number {
  const random = randomFor(seed, `${kind}Delay`, number);
  return (random.chance(LATE_SHARE) ? random.int(LATE_MINUTES) : random.int(2)) * MINUTE;
}

interface Numbered {
  readonly number: number;
  readonly at: Date;
}

function makeSignIn({ seed, ids, sizes, now, userOf }: LogOptions, type: SignInType, { number, at }: Numbered): Row {
  const random = randomFor(seed, type === 'interactiveUser' ? 'signIn' : type, number);
  const user = userOf(random.int(sizes.users));
  const failed = random.chance(0.07);
  const id = number * 8 + SIGN_IN_TYPES.indexOf(type);
  const risky = randomFor(seed, 'signInRisk', id).chance(RISKY_SHARE) && now.getTime() - at.getTime() > ASSESSED_MINUTES * MINUTE;
  return {
    id: ids.misc.idOf(2_000_000 + id),
    createdDateTime: at.toISOString().replace(/\.\d+Z$/, 'Z'),
    userDisplayName: user?.['displayName'] ?? '',
    userPrincipalName: user?.['userPrincipalName'] ?? '',
    userId: user?.['id'] ?? '',
    appId: ids.misc.idOf(100_000 + random.int(sizes.applications)),
    appDisplayName: random.pick(['Azure Portal', 'Microsoft Teams', 'Payroll', 'Office 365 Exchange Online']),
    ipAddress: `203.0.113.${random.int(250)}`,
    clientAppUsed: random.pick(['Browser', 'Mobile Apps and Desktop clients', 'Exchange ActiveSync']),
    correlationId: ids.misc.idOf(2_000_000 + id + 4),
    conditionalAccessStatus: random.pick(['success', 'notApplied', 'failure']),
    isInteractive: type === 'interactiveUser',
    riskDetail: 'none',
    riskLevelAggregated: risky ? 'medium' : random.pick(['none', 'none', 'low', 'hidden']),
    riskLevelDuringSignIn: 'none',
    riskState: risky ? 'atRisk' : 'none',
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
    signInEventTypes: [type],
  };
}

function makeAudit({ seed, ids, sizes, userOf }: LogOptions, { number, at }: Numbered): Row {
  const random = randomFor(seed, 'audit', number);
  const actor = userOf(0);
  const target = userOf(random.int(sizes.users));
  const id = 1_000_000_000 + number * 2;
  return {
    id: `Directory_${ids.misc.idOf(id)}_${String(random.int(1_000_000)).padStart(6, '0')}`,
    category: random.pick(['UserManagement', 'GroupManagement', 'ApplicationManagement']),
    correlationId: ids.misc.idOf(id + 1),
    result: random.chance(0.95) ? 'success' : 'failure',
    resultReason: '',
    activityDisplayName: random.pick(['Update user', 'Add member to group', 'Add user', 'Consent to application']),
    activityDateTime: at.toISOString().replace('Z', '4567Z'),
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
