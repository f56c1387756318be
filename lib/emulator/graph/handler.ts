import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '#lib/platform/clock.ts';
import type { AccessClaims, EmulatorHandler, EmulatorRequest, EmulatorResponse, VerifyAccessToken } from '../contract.ts';
import type { Row } from '../tenant/collection.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { writeDelta } from './delta.ts';
import { expand } from './expand.ts';
import { createGraphFaults, type GraphFaults } from './faults.ts';
import { badRequest, GraphFault } from './graph-fault.ts';
import { countRows, type ListRequest, writePage } from './listing.ts';
import { parseQuery } from './odata/query.ts';
import { shaper } from './odata/shape.ts';
import type { ResourceRequest } from './resource.ts';
import { findResource, PERMISSIONS_OF_TYPE } from './resources.ts';
import { createTypeRules, readMetadata } from './type-rules.ts';

export interface GraphHandlerOptions {
  readonly tenant: Tenant;
  readonly verifyAccessToken: VerifyAccessToken;
  /** `https://localhost:<TLS port>` */
  readonly origin: string;
  readonly clock: Clock;
  readonly faults?: GraphFaults;
}

const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';
const VERSION = /^\/(v1\.0|beta)(?:\/(.*))?$/i;
const BATCH_MAX = 20;
const DELTA = new Set(['delta', 'delta()', 'microsoft.graph.delta()']);

const BatchBody = z.object({
  requests: z.array(
    z.object({
      id: z.string().min(1),
      method: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/** What answering needs, made once. */
interface Graph extends GraphHandlerOptions {
  readonly faults: GraphFaults;
  readonly rulesOf: ReturnType<typeof createTypeRules>;
}

/** Microsoft Graph of the demo tenant, v1.0 and beta. */
export function createGraphHandler(options: GraphHandlerOptions): EmulatorHandler {
  const graph: Graph = { ...options, faults: options.faults ?? createGraphFaults(), rulesOf: createTypeRules() };
  let metadata: Buffer | undefined;
  return async (request) => {
    const [, version, path = ''] = VERSION.exec(request.url.pathname) ?? [];
    if (version === undefined) return null;
    if (path.toLowerCase() === '$metadata') {
      metadata ??= readMetadata();
      const headers = { ...commonHeaders(request, graph.clock.now()), 'content-type': 'application/xml' };
      return { status: 200, headers, body: metadata };
    }
    const response = await guarded(graph, request, () => dispatch(graph, request, version.toLowerCase(), path));
    const { body } = response;
    return graph.faults.truncates() && typeof body === 'string'
      ? { ...response, body: body.slice(0, body.length >> 1) }
      : response;
  };
}

function dispatch(graph: Graph, request: EmulatorRequest, version: string, path: string): Promise<EmulatorResponse> {
  if (path.toLowerCase() === '$batch' && request.method === 'POST') return answerBatch(graph, request, version);
  if (request.method !== 'GET') {
    throw new GraphFault(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
  }
  return answer(graph, request, version, path);
}

/** One request, or one item of a batch. */
async function answer(graph: Graph, request: EmulatorRequest, version: string, path: string): Promise<EmulatorResponse> {
  const { tenant, faults, rulesOf } = graph;
  await faults.before(path, graph.clock.now());
  const access = accessOf(graph, request);
  const segments = path.split('/').filter((segment) => segment !== '');
  const last = segments.at(-1)?.toLowerCase();
  const base = `${graph.origin}/${version}`;
  const query = parseQuery(request.url, request.headers);
  if (last !== undefined && DELTA.has(last)) {
    const listing = findResource(segments.slice(0, -1), access);
    if (listing.kind !== 'list' || listing.delta === undefined)
      throw badRequest('Delta query is not supported for this resource.');
    const path = segments.slice(0, -1).join('/');
    const minimal = /\breturn=minimal\b/i.test(request.headers['prefer'] ?? '');
    const rules = rulesOf(listing.type);
    return ok(writeDelta({ tenant, listing, query, rules, base, path, minimal, now: graph.clock.now(), faults }));
  }
  const counting = last === '$count';
  const resource = findResource(counting ? segments.slice(0, -1) : segments, access);
  const rules = rulesOf(resource.type);
  if (resource.kind === 'object') {
    const shape = shaper(rules, query.select, `microsoft.graph.${resource.type}`);
    const row = { ...shape(resource.row), ...expand(access, resource.type, query)?.(resource.row) };
    return ok(JSON.stringify({ '@odata.context': `${base}/$metadata#${segments[0]}/$entity`, ...row }));
  }
  const list: ListRequest = {
    listing: resource,
    query,
    rules,
    url: request.url,
    base,
    beta: version === 'beta',
    faults,
    reveal: revealer(access, resource.type),
    expand: expand(access, resource.type, query),
  };
  if (!counting) return ok(await writePage(list));
  if (!query.eventual) throw badRequest('$count is not currently supported.');
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: String(await countRows(list)) };
}

/** Every item is a request of its own: with its own faults, throttling and headers (Graph docs "JSON batching"). */
async function answerBatch(graph: Graph, request: EmulatorRequest, version: string): Promise<EmulatorResponse> {
  authenticate(request, graph.verifyAccessToken);
  const { requests } = readBatch(request.body);
  const responses = [];
  for (const item of requests) {
    const url = new URL(`${graph.origin}/${version}/${item.url.replace(/^\//, '')}`);
    const headers = { ...lowerCase(item.headers ?? {}), authorization: request.headers['authorization'] ?? '' };
    const inner: EmulatorRequest = { method: item.method, url, headers, body: new Uint8Array() };
    const response = await guarded(graph, inner, () => dispatch(graph, inner, version, VERSION.exec(url.pathname)?.[2] ?? ''));
    const text = String(response.body);
    const isJson = response.headers['content-type']?.startsWith('application/json') === true;
    responses.push({ id: item.id, status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text });
  }
  // Answers come in any order.
  return ok(JSON.stringify({ responses: responses.toReversed() }));
}

async function guarded(graph: Graph, request: EmulatorRequest, work: () => Promise<EmulatorResponse>): Promise<EmulatorResponse> {
  const headers = commonHeaders(request, graph.clock.now());
  try {
    const response = await work();
    return { ...response, headers: { ...headers, ...response.headers } };
  } catch (error) {
    if (!(error instanceof GraphFault)) throw error;
    const body = errorBody(error, headers, graph.clock.now());
    return { status: error.status, headers: { ...headers, 'content-type': 'application/json', ...error.headers }, body };
  }
}

function accessOf(graph: Graph, request: EmulatorRequest): ResourceRequest {
  const claims = authenticate(request, graph.verifyAccessToken);
  const granted = new Set([...(claims.scp?.split(' ') ?? []), ...(claims.roles ?? [])]);
  return { tenant: graph.tenant, claims, can: (permissions) => permissions.some((name) => granted.has(name)) };
}

function ok(body: string): EmulatorResponse {
  return { status: 200, headers: { 'content-type': JSON_TYPE, 'x-ms-resource-unit': '1' }, body };
}

function authenticate({ headers }: EmulatorRequest, verify: VerifyAccessToken): AccessClaims {
  const token = /^Bearer (.+)$/i.exec(headers['authorization'] ?? '')?.[1];
  if (token === undefined) throw new GraphFault(401, 'InvalidAuthenticationToken', 'Access token is empty.');
  const checked = verify(token);
  if (checked.ok) return checked.claims;
  throw new GraphFault(
    401,
    'InvalidAuthenticationToken',
    checked.reason === 'expired'
      ? 'Lifetime validation failed, the token is expired.'
      : 'CompactToken parsing failed with error code: 80049217',
  );
}

/** Objects of a type that the token may not read come as type and id, everything else null (Graph docs "Limited information returned"). */
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

function readBatch(body: Uint8Array) {
  try {
    const parsed = BatchBody.parse(JSON.parse(Buffer.from(body).toString('utf8')));
    const ids = new Set(parsed.requests.map(({ id }) => id.toLowerCase()));
    if (parsed.requests.length > BATCH_MAX)
      throw new GraphFault(400, 'BadRequest', `Number of batch requests must not exceed ${BATCH_MAX}.`);
    if (ids.size !== parsed.requests.length) throw new GraphFault(400, 'BadRequest', 'Each batch item must have a unique id.');
    return parsed;
  } catch (error) {
    if (error instanceof GraphFault) throw error;
    const fault = new GraphFault(400, 'BadRequest', 'Invalid batch payload format.');
    fault.cause = error;
    throw fault;
  }
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
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

function errorBody(fault: GraphFault, headers: Readonly<Record<string, string>>, now: Date): string {
  const innerError = {
    date: now.toISOString().slice(0, 19),
    'request-id': headers['request-id'],
    'client-request-id': headers['client-request-id'],
  };
  return JSON.stringify({ error: { code: fault.code, message: fault.message, innerError } });
}
