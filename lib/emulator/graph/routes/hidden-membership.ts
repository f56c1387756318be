import type { ListResource, ResourceRequest } from '#lib/emulator/graph/resources/resource.ts';
import { indexOf, type Resolve, refs } from '#lib/emulator/graph/resources/resource-makers.ts';
import type { Row } from '#lib/emulator/tenant/collection.ts';
import type { ObjectRef } from '#lib/emulator/tenant/generate/groups.ts';

const PERMISSION = ['Member.Read.Hidden'];

/**
 * Whether a token may read the members of an object with `HiddenMembership`. Without the permission the list is empty and its count 0, with 200
 * (Graph docs "List group members", "List administrativeUnit members"). An application with it sees all; a person those "that the signed-in
 * user has access to" (Graph permissions reference): administrators, owners and members (Graph doc "group resource type", visibility).
 */
function mayLookInto({ tenant, claims, can }: ResourceRequest, row: Row, insiders: readonly ObjectRef[]): boolean {
  if (row['visibility'] !== 'HiddenMembership') return true;
  if (!can(PERMISSION)) return false;
  if (claims.scp === undefined || tenant.userById(claims.oid)?.isAdmin === true) return true;
  return insiders.some((ref) => tenant.directory.resolve(ref)?.['id'] === claims.oid);
}

/** Direct members of a group that this token may read. */
export function visibleMembers(request: ResourceRequest, index: number): readonly ObjectRef[] {
  return isShown(request, index) ? request.tenant.directory.membersOf(index) : [];
}

/** The members as a list; `of`: which members. */
export function groupMembers(
  request: ResourceRequest,
  id: string | undefined,
  of: (index: number) => readonly ObjectRef[],
): ListResource {
  const index = indexOf(request.tenant, 'groups', id);
  return refs(request.tenant, 'directoryObject', isShown(request, index) ? of(index) : []);
}

function isShown(request: ResourceRequest, index: number): boolean {
  const { directory } = request.tenant;
  const row = directory.resolve({ type: 'group', index }) ?? {};
  return mayLookInto(request, row, [...directory.membersOf(index), ...directory.owners('group', index)]);
}

/** Members of an administrative unit that this token may read. */
export const unitMembers: Resolve = (request, [id]) => {
  const { tenant } = request;
  const members = tenant.directory.unitMembers(indexOf(tenant, 'administrativeUnits', id));
  const row = tenant.directory.collections.administrativeUnits.find(id ?? '') ?? {};
  return refs(tenant, 'directoryObject', mayLookInto(request, row, members) ? members : []);
};
