import { z } from 'zod';
import type { Row } from '../tenant/collection.ts';
import type { Change } from '../tenant/mutate.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { badRequest, GraphErrorResponse, unsupportedQuery } from './error-response.ts';
import type { GraphFaults } from './faults.ts';
import type { Query } from './odata/query.ts';
import { shaper, shownByDefault, type TypeRules } from './odata/shape.ts';
import type { ListResource } from './resources/resource.ts';

/** Rows per delta page, which the server determines. */
const PAGE = 200;
const DAY_MS = 86_400_000;
/** Lifetime of a link for directory objects (Graph doc "Use delta query"). */
const LINK_DAYS = 7;
const FILTER_IDS_MAX = 50;

/** State in a link; Graph's links also contain the options of the first call. */
const DeltaState = z.strictObject({
  /** Collection. */
  c: z.string(),
  /** Last change set that the caller has received. */
  r: z.number().int().min(0),
  /** Position in the initial round; null after it. */
  p: z.number().int().min(0).nullable(),
  /** In a round of changes with several pages: its last change set, and how many rows of it were sent. */
  u: z.number().int().min(0).optional(),
  o: z.number().int().min(0).optional(),
  s: z.array(z.string()).nullable(),
  /** Ids of `$filter`. */
  f: z.array(z.string()).nullable(),
  /** Creation time of the link, milliseconds since 1970. */
  t: z.number(),
  /** Number of empty pages so far in a round that never ends. */
  e: z.number().int().min(1).optional(),
});
type DeltaState = z.infer<typeof DeltaState>;

export interface DeltaRequest {
  readonly tenant: Tenant;
  readonly listing: ListResource;
  readonly query: Query;
  readonly rules: TypeRules;
  /** Origin and version, `https://…/v1.0`. */
  readonly base: string;
  /** Collection without `/delta`. */
  readonly path: string;
  /** `Prefer: return=minimal`: only changed properties. */
  readonly minimal: boolean;
  readonly now: Date;
  readonly faults: GraphFaults;
}

/**
 * Answers `…/delta`: first everything, page by page, then changes since the delta link (Graph doc "Use delta query").
 * @throws GraphFault for unsupported options, and for links that are too old, of another collection or invalid
 */
export function writeDelta(request: DeltaRequest): string {
  const { tenant, query, path, now } = request;
  const token = query.skipToken ?? (query.deltaToken === 'latest' ? null : query.deltaToken);
  // An empty token, as in the Location of a 410, starts again.
  if (token !== null && token !== '') {
    const state = readState(request, token);
    refuseProperties(request, state.s);
    if (state.e !== undefined)
      return write(request, [], request.faults.settings.endlessDelta === true ? state : withoutEmpties(state));
    return state.p === null ? writeChanges(request, state) : writeRound(request, state, state.p);
  }
  refuseOptions(query);
  refuseProperties(request, query.select);
  const state = {
    c: path.toLowerCase(),
    r: tenant.round,
    s: query.select && [...query.select],
    f: idsOf(query),
    t: now.getTime(),
  };
  return query.deltaToken === 'latest' ? write(request, [], { ...state, p: null }) : writeRound(request, { ...state, p: 0 }, 0);
}

function refuseProperties({ faults, path, rules }: DeltaRequest, select: readonly string[] | null): void {
  faults.refuseProperties(`${path}/delta`, select ?? shownByDefault(rules));
}

function withoutEmpties({ e: _, ...state }: DeltaState): DeltaState {
  return state;
}

/** The overview of delta query lists these as unsupported; Graph's answer is undocumented, so the strict answer of similar options is used. */
function refuseOptions({ top, orderBy, search, expand }: Query): void {
  if (top !== null || orderBy !== null || search !== null) throw unsupportedQuery('Unsupported Query.');
  if (expand !== null && !/^(members|manager)$/i.test(expand))
    throw new GraphErrorResponse(
      400,
      'ExpandNotSupported',
      `Expand is not allowed for property '${expand}' according to the entity schema.`,
    );
}

function idsOf({ filter }: Query): string[] | null {
  if (filter === null) return null;
  const { uses } = filter;
  if (
    !uses.every(({ property, operator }) => property.toLowerCase() === 'id' && operator === 'eq') ||
    uses.length > FILTER_IDS_MAX
  )
    throw badRequest(`A delta query takes only filters of the form id eq … or id eq …, of at most ${FILTER_IDS_MAX} ids.`);
  return uses.length === 0 ? null : filter.literals.map((value) => String(value).toLowerCase());
}

function writeRound(request: DeltaRequest, state: DeltaState, from: number): string {
  const shape = shapeOf(request, state);
  const rows: Row[] = [];
  let next: number | null = null;
  for (const [position, row] of request.listing.rows(from)) {
    if (!isWanted(state, String(row['id']))) continue;
    if (rows.length === PAGE) {
      next = position;
      break;
    }
    const shown = request.faults.changePropertyCase(`${request.path}/delta`, position, withoutNulls(shape(row)));
    rows.push({ ...shown, ...withMembers(request, state, row) });
  }
  return write(request, rows, { ...state, p: next });
}

/** Objects of the later change sets: each once with its present state; deleted ones as @removed. */
function writeChanges(request: DeltaRequest, state: DeltaState): string {
  const { tenant, now, faults } = request;
  const { u: until = tenant.round, o: sent = 0, ...since } = state;
  const rows = changedRows(request, since, until);
  // Documented: an object may be repeated, in any order.
  const reported = faults.settings.repeatDelta === true ? [...rows, ...rows.toReversed()] : rows;
  const page = reported.slice(sent, sent + PAGE);
  return sent + PAGE < reported.length
    ? write(request, page, { ...state, u: until, o: sent + PAGE })
    : write(request, page, { ...since, r: until, t: now.getTime() });
}

function changedRows(request: DeltaRequest, state: DeltaState, until: number): Row[] {
  const { tenant, listing } = request;
  const changes = tenant
    .changesAfter(state.r)
    .filter(({ round }) => round <= until)
    .flatMap((set) => set.changes);
  if (listing.delta === 'users') return changedUsers(request, state, changes);
  return listing.delta === 'groups' && tracks(state, 'members') ? changedMembers(tenant, state, changes) : [];
}

/** `$select` limits the tracked properties: changes of other properties are not reported. */
function changedUsers(request: DeltaRequest, state: DeltaState, changes: readonly Change[]): Row[] {
  const { tenant, minimal } = request;
  const changed = new Map<string, Set<string> | 'all'>();
  const { users } = tenant.directory.collections;
  const created = tenant.changesAfter(0).flatMap((set) => set.changes.filter(({ type }) => type === 'create-user'));
  for (const change of changes) {
    // Created objects have the last indexes, in the order of their creation, also after their deletion.
    if (change.type === 'create-user') changed.set(users.idAt(users.end - created.length + created.indexOf(change)), 'all');
    if (change.type === 'delete-user') changed.set(change.id, 'all');
    if (change.type === 'update-user') {
      const names = Object.keys(change.patch).filter((name) => state.s === null || tracks(state, name));
      const known = changed.get(change.id);
      if (names.length > 0 && known !== 'all') changed.set(change.id, new Set([...(known ?? []), ...names]));
    }
  }
  const shape = shapeOf(request, state);
  return [...changed].flatMap(([id, names]): Row[] => {
    if (!isWanted(state, id)) return [];
    const row = tenant.directory.collections.users.find(id);
    if (row === null) return [{ id, '@removed': { reason: 'changed' } }];
    const shown = { id, ...shape(row) };
    if (names === 'all') return [withoutNulls(shown)];
    const kept = Object.entries(shown).filter(
      ([name, value]) => name === 'id' || names.has(name) || (!minimal && value !== null),
    );
    return [Object.fromEntries(kept)];
  });
}

/** Changed memberships with their final state; omits those of deleted objects. */
function changedMembers(tenant: Tenant, state: DeltaState, changes: readonly Change[]): Row[] {
  const { directory } = tenant;
  const groups = new Map<string, Map<string, Row>>();
  const add = (groupId: string, type: string, id: string, removed: boolean): void => {
    const entries = groups.get(groupId) ?? new Map<string, Row>();
    const gone = removed ? { '@removed': { reason: 'deleted' } } : {};
    entries.set(id, { '@odata.type': `#microsoft.graph.${type}`, id, ...gone });
    groups.set(groupId, entries);
  };
  for (const change of changes) {
    if (change.type === 'member') add(change.groupId, change.ref.type, directory.idOf(change.ref), change.op === 'remove');
    if (change.type !== 'delete-user') continue;
    const index = directory.collections.users.indexOf(change.id);
    if (index === null) continue;
    for (const group of directory.groupsHolding({ type: 'user', index })) add(directory.idOf(group), 'user', change.id, true);
  }
  return [...groups]
    .filter(([id]) => isWanted(state, id))
    .map(([id, entries]) => ({ id, 'members@delta': [...entries.values()] }));
}

function tracks({ s }: DeltaState, name: string): boolean {
  return s?.some((selected) => selected.toLowerCase() === name.toLowerCase()) === true;
}

function isWanted({ f }: DeltaState, id: string): boolean {
  return f === null || f.includes(id.toLowerCase());
}

function shapeOf({ rules, listing }: DeltaRequest, { s }: DeltaState): (row: Row) => Row {
  const select = s === null ? null : ['id', ...s.filter((name) => !/^(members|manager)$/i.test(name))];
  return shaper(rules, select, `microsoft.graph.${listing.type}`);
}

function withMembers({ tenant, listing }: DeltaRequest, state: DeltaState, row: Row): Row {
  if (listing.delta !== 'groups' || !tracks(state, 'members')) return {};
  const index = tenant.directory.collections.groups.indexOf(String(row['id']));
  const refs = index === null ? [] : tenant.directory.membersOf(index);
  return refs.length === 0
    ? {}
    : { 'members@delta': refs.map((ref) => ({ '@odata.type': `#microsoft.graph.${ref.type}`, id: tenant.directory.idOf(ref) })) };
}

/** Omits properties that were never set. */
function withoutNulls(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

function write({ base, path, faults }: DeltaRequest, value: readonly Row[], state: DeltaState): string {
  const link = `${base}/${path}/delta`;
  const tokenOf = (body: DeltaState): string => Buffer.from(JSON.stringify(body)).toString('base64url');
  const { endlessDelta = false, nullNextLink = false } = faults.settings;
  const isLast = state.p === null && state.o === undefined;
  const links =
    !isLast || endlessDelta
      ? { '@odata.nextLink': `${link}?$skiptoken=${tokenOf(isLast ? { ...state, e: (state.e ?? 0) + 1 } : state)}` }
      : { ...(nullNextLink ? { '@odata.nextLink': null } : {}), '@odata.deltaLink': `${link}?$deltatoken=${tokenOf(state)}` };
  const context = `${base}/$metadata#${path}${state.s === null ? '' : `(${state.s.join(',')})`}`;
  return JSON.stringify({ '@odata.context': context, ...links, value });
}

function readState({ tenant, now, base, path, faults }: DeltaRequest, token: string): DeltaState {
  let parsed: ReturnType<typeof DeltaState.safeParse>;
  try {
    parsed = DeltaState.safeParse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
  } catch {
    parsed = DeltaState.safeParse(null);
  }
  if (!parsed.success || parsed.data.c !== path.toLowerCase()) throw badRequest('The delta token is not valid for this request.');
  const state = parsed.data;
  const { deltaLinks } = faults.settings;
  if (deltaLinks === 'expired' || now.getTime() - state.t > LINK_DAYS * DAY_MS)
    throw unsupportedQuery('DeltaLink older than 30 days is not supported.');
  // A link from before the tenant was recreated gets the documented answer to a loss of state.
  if (deltaLinks === 'resync' || state.r > tenant.round) {
    const location = `${base}/${path}/delta?$deltatoken=`;
    throw new GraphErrorResponse(410, 'resyncRequired', "Resync required. Replace any local items with the server's version.", {
      location,
    });
  }
  return state;
}
