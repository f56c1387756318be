import { z } from 'zod';
import type { Row } from './collection.ts';
import { DOMAIN } from './company.ts';
import type { Directory, MemberChange } from './directory.ts';
import type { ObjectRef } from './generate/groups.ts';
import { DEPARTMENTS, JOB_TITLES } from './generate/names.ts';
import { randomFor } from './generate/random.ts';
import { makeUser } from './generate/users.ts';

const Count = z.number().int().min(0).max(100_000);

/** Number of changes by kind; the defaults are a day with few changes. */
export const MutationSpec = z
  .object({
    hireUsers: Count.default(7),
    removeUsers: Count.default(4),
    changeUsers: Count.default(11),
    addMembers: Count.default(9),
    removeMembers: Count.default(5),
  })
  .strict();
export type MutationSpec = z.infer<typeof MutationSpec>;

/** One change, as it is stored and replayed. */
export type Change =
  | { readonly type: 'create-user'; readonly row: Row }
  | { readonly type: 'update-user'; readonly id: string; readonly patch: Row }
  | { readonly type: 'delete-user'; readonly id: string }
  | ({ readonly type: 'member' } & MemberChange);

/** The exact changes by collection. Members as `group id/member id`. */
export interface MutationSummary {
  readonly users: { readonly created: string[]; readonly updated: string[]; readonly deleted: string[] };
  readonly group_members: { readonly created: string[]; readonly deleted: string[] };
}

/** Maximum number of attempts to find an object for a change; then fewer changes are made. */
const TRIES = 50;

/** Chooses changes. `round` makes each call different, and the calls of the same tenant repeatable. */
export function planMutation(
  directory: Directory,
  spec: MutationSpec,
  round: number,
): { readonly changes: Change[]; readonly summary: MutationSummary } {
  const random = randomFor(directory.seed, 'mutation', round);
  const { users, groups } = directory.collections;
  const taken = new Set<number>([0, 1, 2, 3, 4]);
  const pickUser = (): number | null => {
    for (let i = 0; i < TRIES; i++) {
      const index = random.int(users.end);
      if (!taken.has(index) && users.at(index) !== null) {
        taken.add(index);
        return index;
      }
    }
    return null;
  };
  const changes: Change[] = [];
  const summary: MutationSummary = {
    users: { created: [], updated: [], deleted: [] },
    group_members: { created: [], deleted: [] },
  };
  const leavers = times(spec.removeUsers, pickUser);
  const leaverRefs = new Set(leavers.map((index) => `user/${index}`));
  for (const [group, row] of groups.rows()) {
    for (const ref of directory.membersOf(group)) {
      if (leaverRefs.has(`${ref.type}/${ref.index}`)) summary.group_members.deleted.push(`${row['id']}/${directory.idOf(ref)}`);
    }
  }
  for (const index of leavers) {
    changes.push({ type: 'delete-user', id: users.idAt(index) });
    summary.users.deleted.push(users.idAt(index));
  }
  for (const index of times(spec.changeUsers, pickUser)) {
    const patch = changeOf(users.at(index) ?? {}, random);
    changes.push({ type: 'update-user', id: users.idAt(index), patch });
    summary.users.updated.push(users.idAt(index));
  }
  for (let i = 0; i < spec.hireUsers; i++) {
    const index = users.end + i;
    changes.push({ type: 'create-user', row: hire(directory, index, round) });
    summary.users.created.push(users.idAt(index));
  }
  planMembers(directory, spec, random, leaverRefs, changes, summary);
  return { changes, summary };
}

function planMembers(
  directory: Directory,
  spec: MutationSpec,
  random: ReturnType<typeof randomFor>,
  gone: ReadonlySet<string>,
  changes: Change[],
  summary: MutationSummary,
): void {
  const { users, groups } = directory.collections;
  const done = new Set<string>();
  const change = (op: 'add' | 'remove', group: number, ref: ObjectRef): boolean => {
    const name = `${groups.idAt(group)}/${directory.idOf(ref)}`;
    if (done.has(name) || gone.has(`${ref.type}/${ref.index}`)) return false;
    done.add(name);
    changes.push({ type: 'member', op, groupId: groups.idAt(group), ref });
    summary.group_members[op === 'add' ? 'created' : 'deleted'].push(name);
    return true;
  };
  // Groups 0 to 5 are not changed: tests rely on them.
  const pickGroup = (): number => Math.min(groups.end - 1, 6 + random.int(Math.max(1, groups.end - 6)));
  repeat(spec.addMembers, () => {
    const group = pickGroup();
    const ref: ObjectRef = { type: 'user', index: random.int(users.end) };
    const already = directory.membersOf(group).some((member) => member.type === 'user' && member.index === ref.index);
    return !already && users.at(ref.index) !== null && groups.at(group) !== null && change('add', group, ref);
  });
  repeat(spec.removeMembers, () => {
    const group = pickGroup();
    const members = directory.membersOf(group);
    const ref = members[random.int(members.length)];
    return ref !== undefined && change('remove', group, ref);
  });
}

/** Applies one change to the directory, when planning and when replaying. */
export function applyChange(directory: Directory, change: Change, at: string): void {
  const { users, deletedUsers } = directory.collections;
  switch (change.type) {
    case 'create-user':
      users.create((id) => ({ ...change.row, id }));
      return;
    case 'update-user':
      users.update(change.id, change.patch);
      return;
    case 'delete-user': {
      const row = users.find(change.id);
      users.delete(change.id);
      // A soft-deleted object keeps its id (Graph resource "deletedItem").
      if (row !== null) deletedUsers.create(() => ({ ...row, deletedDateTime: at }));
      return;
    }
    case 'member':
      directory.changeMember(change);
  }
}

function changeOf(row: Row, random: ReturnType<typeof randomFor>): Row {
  const kind = random.int(4);
  if (kind === 0) return { accountEnabled: row['accountEnabled'] !== true };
  if (kind === 1)
    return {
      jobTitle: `${random.pick(JOB_TITLES)} (acting)`,
      employeeOrgData: { division: 'Moved', costCenter: String(random.int(999)) },
    };
  if (kind === 2) return { surname: `${row['surname'] ?? ''}-Novák`, displayName: `${row['displayName'] ?? ''}-Novák` };
  return { department: `${random.pick(DEPARTMENTS)} – new`, mobilePhone: null, city: '東京' };
}

function hire(directory: Directory, index: number, round: number): Row {
  const made = makeUser(directory.seed, directory.ids, index + 10_000_000 + round);
  const alias = `new.${round}.${index}`;
  return {
    ...made,
    userPrincipalName: `${alias}@${DOMAIN}`,
    mail: `${alias}@${DOMAIN}`,
    mailNickname: alias,
    userType: 'Member',
    proxyAddresses: [`SMTP:${alias}@${DOMAIN}`],
    createdDateTime: '2026-11-24T08:00:00Z',
  };
}

function times(count: number, pick: () => number | null): number[] {
  return Array.from({ length: count }, pick).filter((index) => index !== null);
}

function repeat(count: number, attempt: () => boolean): void {
  for (let done = 0, tries = 0; done < count && tries < count * TRIES; tries++) if (attempt()) done++;
}
