import { randomUUID } from 'node:crypto';
import type { Clock } from '#lib/platform/clock.ts';
import type { AccessClaims, EmulatorHandler, EmulatorRequest, EmulatorResponse, VerifyAccessToken } from '../contract.ts';
import type { Row } from '../tenant/collection.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { answerBatch } from './batch.ts';
import { fromBeta, isListInBeta, rulesInBeta } from './beta.ts';
import { writeDelta } from './delta.ts';
import { accessDenied, badRequest, GraphErrorResponse, resourceNotFound, segmentNotFound } from './error-response.ts';
import { expand } from './expand.ts';
import { noCountSegment } from './faults/counts.ts';
import { createGraphFaults, type GraphFaults, throttled } from './faults.ts';
import { parseQuery, type Query } from './odata/query.ts';
import { shaper } from './odata/shape.ts';
import { createQuota, isReport, type Quota, readsSignInActivity, resourceUnits } from './quota.ts';
import { availableExtensionProperties } from './resources/extension-properties.ts';
import { readMetadata } from './resources/graph-model.ts';
import { refusePhoto } from './resources/photo.ts';
import type { ListResource, ResourceRequest, SingleResource } from './resources/resource.ts';
import { findResource, PERMISSIONS_OF_TYPE } from './resources/resources.ts';
import { createTypeRules } from './resources/type-rules.ts';
import { getByIds } from './routes/get-by-ids.ts';
import { countRows, type ListRequest, writePage } from './routes/listing.ts';
import { memberAction } from './routes/member-actions.ts';

export interface GraphHandlerOptions {
  readonly tenant: Tenant;
  readonly verifyAccessToken: VerifyAccessToken;
  /** `https://localhost:<TLS port>` */
  readonly origin: string;
  readonly clock: Clock;
  readonly faults?: GraphFaults;
  /** A registration of the tenant by its appId; registrations of the Entra half are in no collection. */
  readonly registration?: (appId: string) => Row | null;
}

const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';
const VERSION = /^\/(v1\.0|beta)(?:\/(.*))?$/i;
const DELTA = new Set(['delta', 'delta()', 'microsoft.graph.delta()']);

/** Utilisation of a quota above which answers report it. */
const REPORTED_UTILISATION_MIN = 0.8;

/** Dependencies of the answers, created once. */
interface Graph extends GraphHandlerOptions {
  readonly faults: GraphFaults;
  readonly rulesOf: ReturnType<typeof createTypeRules>;
  readonly quota: Quota;
}

/** An admitted request. */
interface Ask {
  readonly graph: Graph;
  readonly request: EmulatorRequest;
  /** `v1.0` or `beta`. */
  readonly version: string;
  readonly access: ResourceRequest;
  readonly query: Query;
}

/** Microsoft Graph of the demo tenant, v1.0 and beta. */
export function createGraphHandler(options: GraphHandlerOptions): EmulatorHandler {
  const graph: Graph = {
    ...options,
    faults: options.faults ?? createGraphFaults(),
    rulesOf: createTypeRules(),
    quota: createQuota(options.tenant.directory.sizes.users),
  };
  const metadata = new Map<string, Buffer>();
  return async (request) => {
    const [, version, path = ''] = VERSION.exec(request.url.pathname) ?? [];
    if (version === undefined) return null;
    const intercepted = graph.faults.intercept(path);
    if (intercepted !== null) return intercepted;
    if (path.toLowerCase() === '$metadata') {
      const of = version.toLowerCase() === 'beta' ? 'beta' : 'v1.0';
      const document = metadata.get(of) ?? readMetadata(of);
      metadata.set(of, document);
      const headers = { ...commonHeaders(request, graph.clock.now()), 'content-type': 'application/xml' };
      return { status: 200, headers, body: document };
    }
    const response = await guarded(graph, request, () => dispatch(graph, request, version.toLowerCase(), path));
    return cutShort(graph.faults.mark(graph.faults.type(response)), graph.faults.cut());
  };
}

function cutShort(response: EmulatorResponse, cut: ReturnType<GraphFaults['cut']>): EmulatorResponse {
  if (cut === null || typeof response.body !== 'string') return response;
  const half = response.body.slice(0, response.body.length >> 1);
  return { ...response, body: cut === 'truncated' ? half : breakingOff(half) };
}

/** The server cuts the connection of a body that throws. */
async function* breakingOff(text: string): AsyncGenerator<string> {
  yield text;
  throw new Error('The connection is dropped on request.');
}

async function dispatch(graph: Graph, request: EmulatorRequest, version: string, path: string): Promise<EmulatorResponse> {
  graph.faults.challenge(request.headers['authorization'] ?? '', graph.clock.now());
  if (path.toLowerCase() === '$batch' && request.method === 'POST') {
    authenticate(request, graph.verifyAccessToken);
    const base = `${graph.origin}/${version}`;
    // A batch within a batch finds no route, since `answer`, unlike `dispatch`, does not handle batches.
    const item = (inner: EmulatorRequest) =>
      guarded(graph, inner, () => answer(graph, inner, version, VERSION.exec(inner.url.pathname)?.[2] ?? ''));
    const { status, body } = graph.faults.envelop(await answerBatch(request, base, { item, retype: graph.faults.type }));
    return { ...json(body), status };
  }
  return answer(graph, request, version, path);
}

/** Answers one request, or one item of a batch. */
async function answer(graph: Graph, request: EmulatorRequest, version: string, path: string): Promise<EmulatorResponse> {
  const access = accessOf(graph, request);
  const change = graph.faults.takeChange();
  if (change !== null) graph.tenant.mutate(change);
  await graph.faults.before(path, graph.clock.now(), access.claims);
  const query = parseQuery(request.url, request.headers);
  if (readsSignInActivity(query) && !access.can(['AuditLog.Read.All'])) throw accessDenied();
  const headers = spend(graph, access, path, query);
  const asked = {
    ...access,
    filtered: query.filter !== null,
    literals: query.filter?.literals ?? [],
    beta: version === 'beta',
  };
  const response = await answerWith({ graph, request, version, access: asked, query }, path);
  return { ...response, headers: { ...response.headers, ...headers } };
}

/** Charges the request to its quota, when quotas are on; returns headers with its cost. */
function spend({ faults, quota, clock }: Graph, { claims }: ResourceRequest, path: string, query: Query): Record<string, string> {
  const cost = isReport(path) ? {} : { 'x-ms-resource-unit': String(resourceUnits(path, query)) };
  const { quota: limits = false } = faults.settings;
  if (limits === false) return cost;
  const actual = limits === true ? {} : limits;
  const { utilisation, waitSeconds } = quota.charge({ path, query, appId: claims.appid, now: clock.now(), actual });
  if (waitSeconds !== null) throw throttled(waitSeconds, clock.now(), claims);
  return utilisation < REPORTED_UTILISATION_MIN || isReport(path)
    ? cost
    : { ...cost, 'x-ms-throttle-limit-percentage': utilisation.toFixed(2) };
}

async function answerWith(ask: Ask, asked: string): Promise<EmulatorResponse> {
  const { graph, request, version, access, query } = ask;
  const path = version === 'beta' ? fromBeta(asked) : asked;
  if (path === null) throw segmentNotFound(asked.split('/').at(-1) ?? '');
  const { tenant, faults, rulesOf } = graph;
  const segments = path.split('/').filter((segment) => segment !== '');
  const last = segments.at(-1)?.toLowerCase();
  const base = `${graph.origin}/${version}`;
  if (request.method !== 'GET') return act(ask, segments);
  refusePhoto(path, access);
  if (last !== undefined && segments.length > 1 && last === '$ref') {
    const listing = findResource(segments.slice(0, -1), access);
    if (listing.kind !== 'list') throw badRequest('The path is no collection of references.');
    return list(ask, listing, 'references');
  }
  if (last !== undefined && DELTA.has(last)) {
    const listing = findResource(segments.slice(0, -1), access);
    if (listing.kind !== 'list' || listing.delta === undefined)
      throw badRequest('Delta query is not supported for this resource.');
    const collection = segments.slice(0, -1).join('/');
    const minimal = /\breturn=minimal\b/i.test(request.headers['prefer'] ?? '');
    const rules = rulesOf(listing.type);
    const altered = faults.alter(path, listing);
    return json(
      writeDelta({ tenant, listing: altered, query, rules, base, path: collection, minimal, now: graph.clock.now(), faults }),
    );
  }
  const byAppId = segments.length === 1 ? /^applications\(appId='([^']*)'\)$/i.exec(path)?.[1] : undefined;
  if (byAppId !== undefined) return json(application(ask, byAppId));
  const counting = last === '$count';
  if (counting && faults.settings.noCount === true) throw noCountSegment();
  const resource = findResource(counting ? segments.slice(0, -1) : segments, access);
  if (resource.kind === 'object' && version === 'beta' && isListInBeta(path))
    return list(ask, listOfOne(resource), counting ? 'count' : 'rows');
  if (resource.kind === 'object') {
    const shape = shaper(rulesOf(resource.type), query.select, `microsoft.graph.${resource.type}`);
    faults.refuseProperties(path, query.select ?? Object.keys(shape(resource.row)));
    const row = { ...shape(resource.row), ...expand(access, resource.type, query)?.(resource.row) };
    return json(JSON.stringify({ '@odata.context': `${base}/$metadata#${segments[0]}/$entity`, ...row }));
  }
  return list(ask, resource, counting ? 'count' : 'rows');
}

/** POST actions that only read. Other writes are refused, like those of an application without write permission. */
async function act(ask: Ask, segments: readonly string[]): Promise<EmulatorResponse> {
  const { graph, request, version, access } = ask;
  const action = segments.join('/').toLowerCase();
  if (action === '$batch')
    throw new GraphErrorResponse(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
  if (request.method === 'POST' && action === 'directoryobjects/getbyids') return list(ask, getByIds(access, request.body));
  if (request.method === 'POST' && action === 'directoryobjects/getavailableextensionproperties')
    return list(ask, availableExtensionProperties(access, graph.faults.settings));
  const value = request.method === 'POST' ? memberAction(segments, request.body, access) : null;
  if (value === null) throw accessDenied();
  return json(JSON.stringify({ '@odata.context': `${graph.origin}/${version}/$metadata#Collection(Edm.String)`, value }));
}

function listOfOne({ type, row }: SingleResource): ListResource {
  return { kind: 'list', type, page: null, size: () => 1, rows: (from) => (from === 0 ? [[0, row]] : []) };
}

/** `/applications(appId='…')`, the alternate key. */
function application({ graph, access, query, version }: Ask, appId: string): string {
  if (!access.can(PERMISSIONS_OF_TYPE['application'] ?? [])) throw accessDenied();
  const { applications } = access.tenant.directory.collections;
  const row = graph.registration?.(appId) ?? [...applications.rows(0)].find(([, found]) => found['appId'] === appId)?.[1];
  if (row === undefined) throw resourceNotFound(appId);
  const shape = shaper(graph.rulesOf('application'), query.select, 'microsoft.graph.application');
  return JSON.stringify({ '@odata.context': `${graph.origin}/${version}/$metadata#applications/$entity`, ...shape(row) });
}

async function list(
  { graph, request, version, access, query }: Ask,
  listing: ListResource,
  as: 'rows' | 'references' | 'count' = 'rows',
): Promise<EmulatorResponse> {
  const wanted: ListRequest = {
    listing: graph.faults.alter(pathOf(request.url), listing),
    counted: listing,
    query,
    rules: version === 'beta' ? rulesInBeta(listing.type, graph.rulesOf(listing.type)) : graph.rulesOf(listing.type),
    url: request.url,
    path: pathOf(request.url),
    base: `${graph.origin}/${version}`,
    beta: version === 'beta',
    faults: graph.faults,
    reveal: revealer(access, listing.type),
    expand: expand(access, listing.type, query),
    references: as === 'references',
  };
  if (as !== 'count') return json(await writePage(wanted));
  if (!query.eventual) throw badRequest('$count is not currently supported.');
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: String(await countRows(wanted)) };
}

/** The path of a collection after the version, without `/$count`. */
function pathOf({ pathname }: URL): string {
  return decodeURIComponent(VERSION.exec(pathname)?.[2] ?? '').replace(/\/\$count$/i, '');
}

async function guarded(graph: Graph, request: EmulatorRequest, work: () => Promise<EmulatorResponse>): Promise<EmulatorResponse> {
  const headers = commonHeaders(request, graph.clock.now());
  try {
    const response = await work();
    return { ...response, headers: { ...headers, ...response.headers } };
  } catch (error) {
    if (!(error instanceof GraphErrorResponse)) throw error;
    const body = errorBody(error, headers, graph.clock.now());
    return { status: error.status, headers: { ...headers, 'content-type': 'application/json', ...error.headers }, body };
  }
}

function accessOf(graph: Graph, request: EmulatorRequest): ResourceRequest {
  const claims = authenticate(request, graph.verifyAccessToken);
  const revoked = graph.faults.settings.revokedPermissions ?? [];
  const granted = new Set([...(claims.scp?.split(' ') ?? []), ...(claims.roles ?? [])].filter((name) => !revoked.includes(name)));
  return { tenant: graph.tenant, claims, can: (permissions) => permissions.some((name) => granted.has(name)) };
}

function json(body: string): EmulatorResponse {
  return { status: 200, headers: { 'content-type': JSON_TYPE }, body };
}

function authenticate({ headers }: EmulatorRequest, verify: VerifyAccessToken): AccessClaims {
  const token = /^Bearer (.+)$/i.exec(headers['authorization'] ?? '')?.[1];
  if (token === undefined) throw new GraphErrorResponse(401, 'InvalidAuthenticationToken', 'Access token is empty.');
  const checked = verify(token);
  if (checked.ok) return checked.claims;
  throw new GraphErrorResponse(
    401,
    'InvalidAuthenticationToken',
    checked.reason === 'expired'
      ? 'Lifetime validation failed, the token is expired.'
      : 'CompactToken parsing failed with error code: 80049217',
  );
}

/** Objects of a type that the token may not read have only type and id, all other properties are null (Graph docs "Limited information returned"). */
function revealer({ can }: ResourceRequest, type: string): (row: Row) => Row {
  if (type !== 'directoryObject') return (row) => row;
  const readable = new Map<string, boolean>();
  return (row) => {
    const kind = String(row['@odata.type'] ?? '').replace('#microsoft.graph.', '');
    const permissions = PERMISSIONS_OF_TYPE[kind];
    if (permissions === undefined) return row;
    if (!readable.has(kind)) readable.set(kind, can(permissions));
    return readable.get(kind) === true ? row : { '@odata.type': row['@odata.type'], id: row['id'] };
  };
}

function commonHeaders({ headers }: EmulatorRequest, now: Date): Record<string, string> {
  const requestId = randomUUID();
  return {
    'request-id': requestId,
    'client-request-id': headers['client-request-id'] ?? requestId,
    'x-ms-ags-diagnostic': '{"ServerInfo":{"DataCenter":"Demo"}}',
    date: now.toUTCString(),
    'odata-version': '4.0',
  };
}

function errorBody(fault: GraphErrorResponse, headers: Readonly<Record<string, string>>, now: Date): string {
  const innerError = {
    ...fault.inner,
    date: now.toISOString().slice(0, 19),
    'request-id': headers['request-id'],
    'client-request-id': headers['client-request-id'],
  };
  return JSON.stringify({ error: { code: fault.code, message: fault.message, innerError } });
}
