import { z } from 'zod';
import { accessDenied, badRequest, resourceNotFound } from '#lib/emulator/graph/error-response.ts';
import type { ResourceRequest, SingleResource } from '#lib/emulator/graph/resources/resource.ts';
import { GROUP_MEMBERS, USERS } from '#lib/emulator/graph/resources/resource-makers.ts';
import type { Row } from '#lib/emulator/tenant/collection.ts';
import { type ObjectRef, REF_TYPES } from '#lib/emulator/tenant/generate/groups.ts';

/** Maximum number of ids per check (Graph doc "checkMemberGroups"). */
const CHECKED_MAX = 20;

const GetBody = z.object({ securityEnabledOnly: z.boolean().optional() });
const CheckBody = z.object({ groupIds: z.array(z.string()).optional(), ids: z.array(z.string()).optional() });

/** Permissions of each kind, least privileged first (Graph docs "getMemberGroups" and "getMemberObjects"). */
const KINDS: Readonly<Record<string, { readonly type: ObjectRef['type']; readonly permissions: readonly string[] }>> = {
  users: { type: 'user', permissions: USERS },
  groups: { type: 'group', permissions: GROUP_MEMBERS },
  serviceprincipals: { type: 'servicePrincipal', permissions: ['Application.Read.All', 'Directory.Read.All'] },
  devices: { type: 'device', permissions: ['Device.Read.All', 'Directory.Read.All'] },
  contacts: { type: 'orgContact', permissions: ['OrgContact.Read.All', 'Directory.Read.All'] },
};
const DIRECTORY = ['Directory.Read.All'];
const ACTIONS = /^(microsoft\.graph\.)?(get|check)member(groups|objects)$/i;

interface Subject {
  readonly ref: ObjectRef;
  readonly row: Row;
}

/** `directoryObjects/{id}`: the object with that id, with its type (Graph doc "Get directoryObject"). @throws GraphFault */
export function directoryObject({ tenant, can }: ResourceRequest, id: string): SingleResource {
  if (!can(DIRECTORY)) throw accessDenied();
  for (const type of REF_TYPES) {
    const row = tenant.directory.resolveId(type, id);
    if (row !== null) return { kind: 'object', type, row: { '@odata.type': `#microsoft.graph.${type}`, ...row } };
  }
  throw resourceNotFound(id);
}

/**
 * `POST …/{id}/getMemberGroups`, `checkMemberGroups`, `getMemberObjects` and `checkMemberObjects` of users, groups, service principals,
 * devices, contacts, `directoryObjects` and `me`: ids of the objects that contain it, directly or through groups.
 * @returns null for another path
 * @throws GraphFault
 */
export function memberAction(path: readonly string[], body: Uint8Array, request: ResourceRequest): readonly string[] | null {
  const [, , verb = '', what = ''] = ACTIONS.exec(path.at(-1) ?? '') ?? [];
  if (verb === '') return null;
  const subject = findSubject(path.slice(0, -1), request);
  if (subject === null) return null;
  const isGroups = what.toLowerCase() === 'groups';
  if (verb.toLowerCase() === 'get') {
    const { securityEnabledOnly = false } = parse(GetBody, body);
    if (securityEnabledOnly && subject.ref.type !== 'user' && subject.ref.type !== 'servicePrincipal')
      throw badRequest("The parameter 'securityEnabledOnly' may be true for users and service principals only.");
    return isGroups ? groupIds(request, subject.ref, securityEnabledOnly) : objectIds(request, subject.ref, securityEnabledOnly);
  }
  const { groupIds: groups, ids } = parse(CheckBody, body);
  const asked = isGroups ? groups : ids;
  if (asked === undefined)
    throw badRequest(`The request body is not valid: a collection "${isGroups ? 'groupIds' : 'ids'}" is expected.`);
  if (asked.length > CHECKED_MAX) throw badRequest(`Too many ids: ${asked.length}. Max allowed: ${CHECKED_MAX}.`);
  const held = new Set(isGroups ? groupIds(request, subject.ref, false) : objectIds(request, subject.ref, false));
  return asked.filter((id) => held.has(id));
}

function findSubject(path: readonly string[], request: ResourceRequest): Subject | null {
  const { tenant, claims, can } = request;
  const [collection = '', id = ''] =
    path[0]?.toLowerCase() === 'me' && path.length === 1 ? ['users', claims.oid] : path.length === 2 ? path : [];
  if (collection.toLowerCase() === 'directoryobjects') {
    const { type, row } = directoryObject(request, id);
    return toSubject(request, type as ObjectRef['type'], row);
  }
  const kind = KINDS[collection.toLowerCase()];
  if (kind === undefined) return null;
  const own = kind.type === 'user' && (tenant.userById(id) ?? tenant.findUser(id))?.id === claims.oid && can(['User.Read']);
  if (!can(kind.permissions) && !own) throw accessDenied();
  const realId = kind.type === 'user' && id.includes('@') ? (tenant.findUser(id)?.id ?? '') : id;
  const row = tenant.directory.resolveId(kind.type, realId);
  if (row === null) throw resourceNotFound(id);
  return toSubject(request, kind.type, row);
}

function toSubject({ tenant }: ResourceRequest, type: ObjectRef['type'], row: Row): Subject {
  const id = String(row['id']);
  const index = type === 'application' ? tenant.directory.collections.applications.indexOf(id) : indexOfType(tenant, type, id);
  if (index === null) throw resourceNotFound(id);
  return { ref: { type, index }, row };
}

function indexOfType(
  { directory }: ResourceRequest['tenant'],
  type: Exclude<ObjectRef['type'], 'application'>,
  id: string,
): number | null {
  const { users, groups, devices, servicePrincipals, contacts } = directory.collections;
  return { user: users, group: groups, device: devices, servicePrincipal: servicePrincipals, orgContact: contacts }[type].indexOf(
    id,
  );
}

function groupIds({ tenant: { directory } }: ResourceRequest, ref: ObjectRef, securityEnabledOnly: boolean): string[] {
  return directory
    .transitiveGroupsOf(ref)
    .filter((group) => !securityEnabledOnly || directory.resolve(group)?.['securityEnabled'] === true)
    .map((group) => directory.idOf(group));
}

/** Groups, directory roles and administrative units. */
function objectIds(request: ResourceRequest, ref: ObjectRef, securityEnabledOnly: boolean): string[] {
  const { directory } = request.tenant;
  const groups = groupIds(request, ref, securityEnabledOnly);
  if (securityEnabledOnly) return groups;
  const holds = (members: readonly ObjectRef[]): boolean =>
    members.some(({ type, index }) => type === ref.type && index === ref.index);
  const roles = directory
    .directoryRoles()
    .flatMap((row, index) => (holds(directory.roleMembers(index)) ? [String(row['id'])] : []));
  const units = [...directory.collections.administrativeUnits.rows(0)];
  return [
    ...groups,
    ...roles,
    ...units.flatMap(([index, row]) => (holds(directory.unitMembers(index)) ? [String(row['id'])] : [])),
  ];
}

function parse<T>(schema: z.ZodType<T>, body: Uint8Array): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(body).toString('utf8') || '{}'));
  } catch (cause) {
    const fault = badRequest('The request body is not valid.');
    fault.cause = cause;
    throw fault;
  }
}
