import type { Clock } from '#lib/platform/clock.ts';
import { Collection, type Row } from './collection.ts';
import { type IdSpaces, idSpaces, type Sizes, sizesOf } from './company.ts';
import {
  directoryRoleRows,
  domainRows,
  organizationRow,
  roleAssignmentRows,
  roleDefinitionRows,
  roleMembers,
  skuRows,
} from './generate/fixed.ts';
import { foundingMembers, makeGroup, type ObjectRef, ownersOf } from './generate/groups.ts';
import { auditLog, type EventLog, type LogOptions, type SignInType, signInLog } from './generate/logs.ts';
import {
  type AssignmentNames,
  appRoleAssignments,
  graphRolesOf,
  makeAdministrativeUnit,
  makeApplication,
  makeContact,
  makeDeleted,
  makeDevice,
  makeGrant,
  makeServicePrincipal,
} from './generate/objects.ts';
import { hash32 } from './generate/random.ts';
import { makeUser } from './generate/users.ts';
import { createMembershipIndex, type MembershipIndex } from './membership-index.ts';

/** Collections of objects with an id space of their own. */
export type CollectionName =
  | 'users'
  | 'groups'
  | 'applications'
  | 'servicePrincipals'
  | 'devices'
  | 'contacts'
  | 'administrativeUnits'
  | 'deletedUsers'
  | 'deletedGroups'
  | 'deletedApplications';

export interface MemberChange {
  readonly groupId: string;
  readonly ref: ObjectRef;
  readonly op: 'add' | 'remove';
}

const COLLECTION_OF = {
  user: 'users',
  group: 'groups',
  device: 'devices',
  servicePrincipal: 'servicePrincipals',
  orgContact: 'contacts',
  application: 'applications',
} as const satisfies Record<ObjectRef['type'], CollectionName>;

/** The data of the demo tenant: initial rows generated on demand, with changes. */
export class Directory {
  readonly seed: number;
  readonly sizes: Sizes;
  readonly ids: IdSpaces;
  readonly tenantId: string;
  readonly collections: Readonly<Record<CollectionName, Collection>>;
  readonly #clock: Clock;
  #founding: MembershipIndex | undefined;
  readonly #names: AssignmentNames = {
    user: (index) => String(this.collections.users.at(index)?.['displayName'] ?? ''),
    servicePrincipal: (index) => String(this.collections.servicePrincipals.at(index)?.['displayName'] ?? ''),
  };
  readonly #memberChanges = new Map<number, Map<string, { readonly ref: ObjectRef; readonly op: 'add' | 'remove' }>>();

  constructor(seed: number, users: number, clock: Clock) {
    this.seed = seed;
    this.sizes = sizesOf(users);
    this.ids = idSpaces(seed);
    this.#clock = clock;
    const { ids, sizes } = this;
    this.tenantId = ids.misc.idOf(hash32('tenant') % 1_000_000);
    const deleted = (size: number, space: IdSpaces['users'], make: (index: number) => Row) =>
      new Collection(size, space, (index) => makeDeleted(make(index + 50_000_000), space.idOf(index), index));
    this.collections = {
      users: new Collection(sizes.users, ids.users, (index) => makeUser(seed, ids, index)),
      groups: new Collection(sizes.groups, ids.groups, (index) => makeGroup(seed, ids, index)),
      applications: new Collection(sizes.applications, ids.applications, (index) => makeApplication(seed, ids, index)),
      servicePrincipals: new Collection(sizes.servicePrincipals, ids.servicePrincipals, (index) =>
        makeServicePrincipal(seed, ids, this.tenantId, index),
      ),
      devices: new Collection(sizes.devices, ids.devices, (index) => makeDevice(seed, ids, index)),
      contacts: new Collection(sizes.contacts, ids.contacts, (index) => makeContact(seed, ids, index)),
      administrativeUnits: new Collection(sizes.administrativeUnits, ids.administrativeUnits, (index) =>
        makeAdministrativeUnit(seed, ids, index),
      ),
      deletedUsers: deleted(sizes.deletedUsers, ids.deletedUsers, (index) => makeUser(seed, ids, index)),
      deletedGroups: deleted(sizes.deletedGroups, ids.deletedGroups, (index) => makeGroup(seed, ids, index)),
      deletedApplications: deleted(sizes.deletedApplications, ids.deletedApplications, (index) =>
        makeApplication(seed, ids, index),
      ),
    };
  }

  /** The object of a reference, with Graph's type name; null when it was deleted. */
  resolve(ref: ObjectRef): Row | null {
    const row = this.collections[COLLECTION_OF[ref.type]].at(ref.index);
    return row === null ? null : { '@odata.type': `#microsoft.graph.${ref.type}`, ...row };
  }

  /** The object of a type and an id; null when it was deleted. */
  resolveId(type: ObjectRef['type'], id: string): Row | null {
    const index = this.collections[COLLECTION_OF[type]].indexOf(id);
    return index === null ? null : this.resolve({ type, index });
  }

  /** Whether the object is there. */
  has(ref: ObjectRef): boolean {
    return this.collections[COLLECTION_OF[ref.type]].has(ref.index);
  }

  idOf(ref: ObjectRef): string {
    return this.collections[COLLECTION_OF[ref.type]].idAt(ref.index);
  }

  /** Present direct members of a group. */
  membersOf(group: number): ObjectRef[] {
    const founding = group < this.sizes.groups ? foundingMembers(this.seed, this.sizes, group) : [];
    const changes = this.#memberChanges.get(group);
    const kept = changes === undefined ? founding : founding.filter((ref) => changes.get(keyOf(ref))?.op !== 'remove');
    const known = new Set(kept.map(keyOf));
    const added = [...(changes?.values() ?? [])]
      .filter(({ op, ref }) => op === 'add' && !known.has(keyOf(ref)))
      .map(({ ref }) => ref);
    return [...kept, ...added].filter((ref) => this.has(ref));
  }

  /** Transitive members of a group, each once; cycles are handled. */
  transitiveMembersOf(group: number): ObjectRef[] {
    const found = new Map<string, ObjectRef>();
    const walk = (at: number): void => {
      for (const ref of this.membersOf(at)) {
        if (found.has(keyOf(ref))) continue;
        found.set(keyOf(ref), ref);
        if (ref.type === 'group') walk(ref.index);
      }
    };
    walk(group);
    return [...found.values()];
  }

  /** Groups that hold an object directly. */
  groupsOf(ref: ObjectRef): ObjectRef[] {
    return this.has(ref) ? this.groupsHolding(ref) : [];
  }

  /** Groups that contained a deleted object, or would contain it directly. */
  groupsHolding(ref: ObjectRef): ObjectRef[] {
    this.#founding ??= createMembershipIndex(this.seed, this.sizes);
    const groups = new Set(this.#founding.groupsOf(ref));
    for (const [group, changes] of this.#memberChanges) {
      const op = changes.get(keyOf(ref))?.op;
      if (op === 'add') groups.add(group);
      if (op === 'remove') groups.delete(group);
    }
    const kept = [...groups].filter((index) => this.collections.groups.has(index));
    return kept.sort((a, b) => a - b).map((index): ObjectRef => ({ type: 'group', index }));
  }

  /** Groups that contain an object directly or transitively; cycles are handled. */
  transitiveGroupsOf(ref: ObjectRef): ObjectRef[] {
    const found = new Map<string, ObjectRef>();
    const walk = (at: ObjectRef): void => {
      for (const group of this.groupsOf(at)) {
        if (found.has(keyOf(group))) continue;
        found.set(keyOf(group), group);
        walk(group);
      }
    };
    walk(ref);
    return [...found.values()];
  }

  changeMember({ groupId, ref, op }: MemberChange): void {
    const group = this.collections.groups.indexOf(groupId);
    if (group === null) return;
    const changes = this.#memberChanges.get(group) ?? new Map();
    changes.set(keyOf(ref), { ref, op });
    this.#memberChanges.set(group, changes);
  }

  owners(kind: 'group' | 'application' | 'servicePrincipal', index: number): ObjectRef[] {
    return ownersOf(this.seed, this.sizes, kind, index).filter((ref) => this.has(ref));
  }

  unitMembers(index: number): ObjectRef[] {
    const members = ownersOf(this.seed, this.sizes, 'unit', index * 7 + 1).filter((ref) => this.has(ref));
    const row = this.collections.administrativeUnits.find(this.collections.administrativeUnits.idAt(index));
    // A unit that hides its members has at least one.
    return members.length === 0 && row?.['visibility'] === 'HiddenMembership' ? [{ type: 'user', index: 0 }] : members;
  }

  roleMembers(index: number): ObjectRef[] {
    return roleMembers(this.seed, this.sizes, index)
      .filter((user) => this.collections.users.has(user))
      .map((user) => ({ type: 'user', index: user }));
  }

  appRoleAssignedTo(index: number): Row[] {
    return appRoleAssignments(this.seed, this.ids, this.sizes, index, this.#names);
  }

  /** App roles that a service principal has. */
  appRolesOfServicePrincipal(index: number): Row[] {
    const names = {
      principalDisplayName: this.#names.servicePrincipal(index),
      resourceDisplayName: this.#names.servicePrincipal(0),
    };
    const resourceId = this.ids.servicePrincipals.idOf(0);
    return graphRolesOf(this.seed, this.ids, index).map((row) => ({ ...row, ...names, resourceId }));
  }

  /** App roles that a user has, of all service principals. */
  appRolesOfUser(index: number): Row[] {
    const id = this.ids.users.idOf(index);
    return Array.from({ length: this.sizes.servicePrincipals }, (_, resource) => this.appRoleAssignedTo(resource))
      .flat()
      .filter((row) => row['principalId'] === id);
  }

  /** Objects that a user owns, groups first. */
  ownedBy(user: number): ObjectRef[] {
    const kinds = ['group', 'application', 'servicePrincipal'] as const;
    return kinds.flatMap((type) =>
      Array.from({ length: this.sizes[COLLECTION_OF[type]] }, (_, index): ObjectRef => ({ type, index })).filter(
        (ref) => this.has(ref) && this.owners(type, ref.index).some((owner) => owner.index === user),
      ),
    );
  }

  organization(): Row {
    return organizationRow(this.tenantId);
  }
  domains(): Row[] {
    return domainRows();
  }
  skus(): Row[] {
    return skuRows(this.tenantId, this.sizes.users);
  }
  directoryRoles(): Row[] {
    return directoryRoleRows(this.ids);
  }
  roleDefinitions(): Row[] {
    return roleDefinitionRows();
  }
  roleAssignments(): Row[] {
    return roleAssignmentRows(this.seed, this.sizes, this.ids);
  }
  grant(index: number): Row {
    return makeGrant(this.seed, this.ids, this.sizes, index);
  }
  signIns(types: readonly SignInType[]): EventLog {
    return signInLog(this.#logs, types);
  }
  audits(): EventLog {
    return auditLog(this.#logs);
  }
  get #logs(): LogOptions {
    const { seed, ids, sizes } = this;
    return { seed, ids, sizes, now: this.#clock.now(), userOf: (user) => this.collections.users.at(user) };
  }
}

export function keyOf(ref: ObjectRef): string {
  return `${ref.type}/${ref.index}`;
}
