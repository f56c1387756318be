import { createIdSpace } from './generate/ids.ts';

/** The fictional company of the demo tenant. */
export const COMPANY = 'Alder & Finch';
export const DOMAIN = 'alderfinch.example';
export const INITIAL_DOMAIN = 'alderfinch.onmicrosoft.example';

/** Well-known id of Microsoft Graph's application. */
export const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

/** App id of the registration that defined the directory extension. */
export const EXTENSION_APP_ID = '5d1c8a40c3b74b0e9a2f61c7e4d98b12';
export const EXTENSION = `extension_${EXTENSION_APP_ID}_costCenter`;

export const SKUS = [
  {
    skuId: '05e9a617-0261-4cee-bb44-138d3ef5d965',
    skuPartNumber: 'SPE_E3',
    plans: ['EXCHANGE_S_ENTERPRISE', 'TEAMS1', 'SHAREPOINTENTERPRISE', 'AAD_PREMIUM'],
    enabled: 25,
  },
  {
    skuId: '06ebc4ee-1bb5-47dd-8120-11324bc54e06',
    skuPartNumber: 'SPE_E5',
    plans: ['EXCHANGE_S_ENTERPRISE', 'TEAMS1', 'SHAREPOINTENTERPRISE', 'AAD_PREMIUM_P2'],
    enabled: 10,
  },
  { skuId: 'f30db892-07e9-47e9-837c-80727f46fd3d', skuPartNumber: 'FLOW_FREE', plans: ['FLOW_P2_VIRAL'], enabled: 10000 },
] as const;

/** Numbers of all kinds of objects in a tenant of `users`. */
export function sizesOf(users: number) {
  const part = (divisor: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, Math.round(users / divisor)));
  return {
    users,
    groups: part(15, 12, 60_000),
    applications: part(20, 8, 5_000),
    servicePrincipals: part(18, 12, 6_000),
    devices: part(3, 10, 300_000),
    contacts: part(30, 6, 20_000),
    administrativeUnits: part(500, 4, 40),
    deletedUsers: part(150, 3, 200),
    deletedGroups: part(600, 2, 50),
    deletedApplications: part(600, 2, 50),
    signIns: part(1, 200, 20_000),
    audits: part(2, 100, 10_000),
  };
}
export type Sizes = ReturnType<typeof sizesOf>;

export function idSpaces(seed: number) {
  const space = (kind: string) => createIdSpace(seed, kind);
  return {
    users: space('user'),
    groups: space('group'),
    applications: space('application'),
    servicePrincipals: space('servicePrincipal'),
    devices: space('device'),
    contacts: space('contact'),
    administrativeUnits: space('administrativeUnit'),
    directoryRoles: space('directoryRole'),
    deletedUsers: space('deletedUser'),
    deletedGroups: space('deletedGroup'),
    deletedApplications: space('deletedApplication'),
    misc: space('misc'),
  };
}
export type IdSpaces = ReturnType<typeof idSpaces>;

/** Creation of the tenant; objects came later. */
const FOUNDED = Date.UTC(2016, 2, 1, 8);
const DAY = 86_400_000;

const dates = new Map<number, string>();
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** `2024-02-29T10:00:00`, as `toISOString` writes it, but several times faster: a user has five of them. */
function secondsOf(time: number): string {
  const day = Math.floor(time / DAY);
  let date = dates.get(day);
  if (date === undefined) {
    date = new Date(day * DAY).toISOString().slice(0, 11);
    dates.set(day, date);
  }
  const seconds = Math.floor((time - day * DAY) / 1000);
  const [hour, minute, second] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return `${date}${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:${TWO_DIGITS[second]}`;
}

/** A time since the tenant's creation: with whole seconds, milliseconds, or seven digits, as in Graph. */
export function timestampOf(random: { int(below: number): number; chance(share: number): boolean }, daysMax = 3600): string {
  const time = FOUNDED + random.int(daysMax) * DAY + random.int(DAY);
  const text = secondsOf(time);
  if (random.chance(0.6)) return `${text}Z`;
  const milliseconds = String(time % 1000).padStart(3, '0');
  return `${text}.${milliseconds}${random.chance(0.5) ? '' : String(random.int(10_000)).padStart(4, '0')}Z`;
}
