import { DOMAIN, type IdSpaces, idSpaces } from '#lib/emulator/tenant/company.ts';
import { randomFor } from '#lib/emulator/tenant/generate/random.ts';
import { makeUser, personOf } from '#lib/emulator/tenant/generate/users.ts';
import { USER_PROPERTIES } from '../dataset.ts';
import { RowStore } from './row-store.ts';

const SEED = 20_261_126;

/** Rows in the order of `keys`, which `$filter` compares. */
export interface Collection {
  readonly rows: RowStore;
  /** Lower-case user principal names (users) or ids (groups), ascending. */
  readonly keys: readonly string[];
}

/** Users with the properties that every contender selects, sorted by user principal name. */
export function makeUsers(count: number): Collection & { change(): void } {
  const ids = idSpaces(SEED);
  const names = Array.from({ length: count }, (_, index) => nameOf(index));
  const order = Uint32Array.from(names.keys()).sort((a, b) => ((names[a] ?? '') < (names[b] ?? '') ? -1 : 1));
  const rows = new RowStore(count);
  for (const index of order) rows.push(JSON.stringify(userOf(ids, index)));
  return {
    rows,
    keys: Array.from(order, (index) => names[index] ?? ''),
    change: () => {
      rows.restore();
      for (const [at, index] of order.entries()) changeOne(rows, ids, at, index, count);
    },
  };
}

/** Of every thousand rows eight get another job title, one is deleted and one is added: 1 % differ. */
function changeOne(rows: RowStore, ids: IdSpaces, at: number, index: number, count: number): void {
  const place = at % 1000;
  if (place < 8) {
    rows.replace(at, JSON.stringify({ ...userOf(ids, index), jobTitle: 'Changed since' }));
  } else if (place === 8) {
    rows.replace(at, JSON.stringify({ ...userOf(ids, index), id: ids.users.idOf(count + at) }));
  }
}

/** Computed without the whole user: the order is needed before the rows. */
function nameOf(index: number): string {
  return `${personOf(randomFor(SEED, 'user', index), index).alias}@${DOMAIN}`;
}

function userOf(ids: IdSpaces, index: number): Record<string, unknown> {
  const user = makeUser(SEED, ids, index);
  const row: Record<string, unknown> = {};
  for (const name of USER_PROPERTIES) row[name] = user[name];
  row['userPrincipalName'] = nameOf(index);
  return row;
}

/** Groups sorted by id, and the members of each as rows. */
export interface Groups extends Collection {
  /** Every second one is a Microsoft 365 group, none with hidden members: what Graph answers to `groupTypes/any(c:c eq 'Unified')`. */
  readonly unified: Collection;
  readonly memberships: number;
  /** The members of a group; null: the group does not exist. */
  membersOf(id: string): RowStore | null;
}

/**
 * `count` groups with `memberships` in total: most have some dozens, one in a thousand more than a page. Members are users, and
 * the rows have the properties that a membership requests.
 */
export function makeGroups(count: number, memberships: number): Groups {
  const ids = idSpaces(SEED);
  const sizes = sizesOf(count, memberships);
  const byId = new Map<string, RowStore>();
  for (let index = 0; index < count; index++) byId.set(ids.groups.idOf(index), membersOf(ids, index, sizes[index] ?? 0));
  const keys = [...byId.keys()].sort();
  const rows = new RowStore(count);
  for (const id of keys) rows.push(JSON.stringify({ id }));
  return { rows, keys, unified: unifiedOf(keys), memberships, membersOf: (id) => byId.get(id) ?? null };
}

function unifiedOf(groups: readonly string[]): Collection {
  const keys = groups.filter((_, index) => index % 2 === 0);
  const rows = new RowStore(keys.length);
  for (const id of keys) rows.push(JSON.stringify({ id, displayName: `Group ${id.slice(0, 8)}`, visibility: 'Private' }));
  return { rows, keys };
}

function membersOf(ids: IdSpaces, group: number, size: number): RowStore {
  const rows = new RowStore(size, size * 160);
  for (let member = 0; member < size; member++) {
    const user = group * 37 + member;
    rows.push(
      JSON.stringify({ '@odata.type': '#microsoft.graph.user', id: ids.users.idOf(user), displayName: `Zoë Müller ${user}` }),
    );
  }
  return rows;
}

function sizesOf(count: number, memberships: number): number[] {
  const random = randomFor(SEED, 'group size', 0);
  const big = Math.floor(count / 1000);
  const mean = Math.max(0, Math.floor((memberships - big * 1200) / Math.max(1, count - big)));
  const sizes = Array.from({ length: count }, (_, index) => (index < big ? 1200 : random.int(mean * 2 + 1)));
  let rest = memberships - sizes.reduce((sum, size) => sum + size, 0);
  for (let index = big; rest !== 0 && count > big; index = index + 1 < count ? index + 1 : big) {
    const step = rest > 0 ? 1 : -1;
    if ((sizes[index] ?? 0) + step < 0) continue;
    sizes[index] = (sizes[index] ?? 0) + step;
    rest -= step;
  }
  return sizes;
}
