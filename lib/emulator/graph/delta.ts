import type { Row } from '../tenant/collection.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { badRequest, GraphFault } from './graph-fault.ts';
import type { Query } from './odata/query.ts';
import { shaper, type TypeRules } from './odata/shape.ts';
import type { Listing } from './resource.ts';

/** Delta pages are as large as the server likes. */
const PAGE = 200;

interface DeltaState {
  /** Change set that the caller has seen. */
  readonly r: number;
  /** Position in the first full round; null once that is over. */
  readonly p: number | null;
  readonly s: readonly string[] | null;
}

export interface DeltaRequest {
  readonly tenant: Tenant;
  readonly listing: Listing;
  readonly query: Query;
  readonly rules: TypeRules;
  /** `https://…/v1.0/users/delta` */
  readonly link: string;
}

/** `…/delta`: first everything, page by page, then what changed since the delta link (Graph doc "Use delta query"). */
export function writeDelta(request: DeltaRequest): string {
  const { tenant, query } = request;
  if (query.filter !== null && !query.filter.properties.every((name) => name.toLowerCase() === 'id'))
    throw badRequest('Only filtering by id is supported in a delta query.');
  if (query.deltaToken === 'latest') return write(request, [], { r: tenant.round, p: null, s: query.select });
  const token = query.skipToken ?? query.deltaToken;
  const state: DeltaState = token === null ? { r: tenant.round, p: 0, s: query.select } : readState(token);
  return state.p === null ? writeChanges(request, state) : writeRound(request, state, state.p);
}

function writeRound(request: DeltaRequest, state: DeltaState, from: number): string {
  const rows: Row[] = [];
  let next: number | null = null;
  for (const [position, row] of request.listing.rows(from)) {
    if (rows.length === PAGE) {
      next = position;
      break;
    }
    rows.push(withoutNulls(shapeOf(request, state)(row), withMembers(request, state, row)));
  }
  return write(request, rows, { ...state, p: next });
}

/** Objects of the change sets since: each once, as it is now; those that are gone as @removed. */
function writeChanges(request: DeltaRequest, state: DeltaState): string {
  const { tenant, listing } = request;
  const ids = new Set<string>();
  const members = new Map<string, Row[]>();
  for (const { changes } of tenant.changesAfter(state.r)) {
    for (const change of changes) {
      if (change.type === 'member') {
        const entry = {
          '@odata.type': `#microsoft.graph.${change.ref.type}`,
          id: tenant.directory.idOf(change.ref),
          ...(change.op === 'remove' ? { '@removed': { reason: 'deleted' } } : {}),
        };
        members.set(change.groupId, [...(members.get(change.groupId) ?? []), entry]);
      } else if (listing.delta === 'users')
        ids.add(change.type === 'create-user' ? String(idOfCreated(tenant, change.row)) : change.id);
    }
  }
  const rows: Row[] = [];
  if (listing.delta === 'users') {
    for (const id of ids) {
      const row = tenant.directory.collections.users.find(id);
      rows.push(row === null ? { id, '@removed': { reason: 'changed' } } : shapeOf(request, state)(row));
    }
  }
  if (listing.delta === 'groups' && state.s?.some((name) => name.toLowerCase() === 'members')) {
    for (const [id, entries] of members) rows.push({ id, 'members@delta': entries });
  }
  return write(request, rows, { ...state, r: tenant.round });
}

function idOfCreated(tenant: Tenant, row: Row): unknown {
  return tenant.findUser(String(row['userPrincipalName']))?.id;
}

function shapeOf({ rules, listing }: DeltaRequest, { s }: DeltaState): (row: Row) => Row {
  const select = s === null ? null : s.filter((name) => !['members', 'manager'].includes(name.toLowerCase()));
  return shaper(rules, select, `microsoft.graph.${listing.type}`);
}

function withMembers({ tenant, listing }: DeltaRequest, { s }: DeltaState, row: Row): Row {
  if (listing.delta !== 'groups' || !s?.some((name) => name.toLowerCase() === 'members')) return {};
  const index = tenant.directory.collections.groups.indexOf(String(row['id']));
  const refs = index === null ? [] : tenant.directory.membersOf(index);
  return {
    'members@delta': refs.map((ref) => ({ '@odata.type': `#microsoft.graph.${ref.type}`, id: tenant.directory.idOf(ref) })),
  };
}

/** Properties that were never set are left out. */
function withoutNulls(row: Row, rest: Row): Row {
  return Object.fromEntries(Object.entries({ ...row, ...rest }).filter(([, value]) => value !== null));
}

function write({ link, listing }: DeltaRequest, value: readonly Row[], state: DeltaState): string {
  const token = Buffer.from(JSON.stringify(state)).toString('base64url');
  const links =
    state.p === null
      ? { '@odata.deltaLink': `${link}?$deltatoken=${token}` }
      : { '@odata.nextLink': `${link}?$skiptoken=${token}` };
  const context = `${link.slice(0, link.indexOf('/', link.indexOf('/', 9) + 1))}/$metadata#${listing.type === 'user' ? 'users' : 'directoryObjects'}`;
  return JSON.stringify({ '@odata.context': context, ...links, value });
}

function readState(token: string): DeltaState {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as DeltaState;
  } catch (cause) {
    const fault = new GraphFault(400, 'Request_UnsupportedQuery', 'DeltaLink older than 30 days is not supported.');
    fault.cause = cause;
    throw fault;
  }
}
