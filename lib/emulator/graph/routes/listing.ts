import { setImmediate as nextTurn } from 'node:timers/promises';
import { badRequest, unsupportedQuery } from '#lib/emulator/graph/error-response.ts';
import type { GraphFaults } from '#lib/emulator/graph/faults.ts';
import { checkFilter } from '#lib/emulator/graph/odata/filter-support.ts';
import type { Query } from '#lib/emulator/graph/odata/query.ts';
import { shaper, shownByDefault, type TypeRules } from '#lib/emulator/graph/odata/shape.ts';
import { readPageToken, writePageToken } from '#lib/emulator/graph/page-token.ts';
import { readsSignInActivity } from '#lib/emulator/graph/quota.ts';
import type { ListResource } from '#lib/emulator/graph/resources/resource.ts';
import type { Row } from '#lib/emulator/tenant/collection.ts';

export interface ListRequest {
  readonly listing: ListResource;
  /** Rows that `$count` and `@odata.count` count: a fault may remove rows only from the list. */
  readonly counted: ListResource;
  readonly query: Query;
  readonly rules: TypeRules;
  readonly url: URL;
  /** Path of the collection after the version. */
  readonly path: string;
  /** Origin and version, prefix of links. */
  readonly base: string;
  readonly beta: boolean;
  readonly faults: GraphFaults;
  /** Properties of a row that this token may read, before $select. */
  readonly reveal: (row: Row) => Row;
  /** Whether to return references instead of rows (OData 4.01 part 2, section 4.8 "Addressing References"). */
  readonly references: boolean;
  /** Properties that $expand adds to a row; null without $expand. */
  readonly expand: ((row: Row) => Row) | null;
}

/** Rows that are filtered before other requests are processed: a filter without matches reads a million rows. */
const ROWS_PER_TURN = 2000;

/** One page of a collection in Graph's format. */
export async function writePage(request: ListRequest): Promise<string> {
  const { listing, query, rules, faults } = request;
  const { pageSizeMax = Number.POSITIVE_INFINITY } = listing.page === null ? {} : faults.settings;
  const size = Math.min(pageSize(listing, query), pageSizeMax);
  const of = identity(request);
  const start = query.skipToken === null ? { position: 0, page: 0 } : readPageToken(query.skipToken, of, faults.takeExpiry());
  const shape = shaper(rules, query.select, `microsoft.graph.${listing.type}`);
  faults.refuseProperties(request.path, query.select ?? shownByDefault(rules));
  const counts = query.count && query.skipToken === null && faults.settings.noCount !== true;
  const count = counts ? { '@odata.count': await countRows(request) } : {};
  const empty = faults.settings.emptyPages === true && start.page % 2 === 1;
  const rows: string[] = [];
  let next: number | null = empty ? start.position : null;
  let last = start.position;
  if (!empty) {
    for (const entry of matching(request, start.position)) {
      if (entry === null) {
        await nextTurn();
        continue;
      }
      const [position, row] = entry;
      if (rows.length === size) {
        next = faults.settings.repeatRows === true ? last : position;
        break;
      }
      const shown = request.references
        ? { '@odata.id': `${request.base}/directoryObjects/${String(row['id'])}` }
        : faults.changePropertyCase(request.path, position, shape(request.reveal(row)));
      rows.push(JSON.stringify(request.expand === null ? shown : { ...shown, ...request.expand(row) }));
      last = position;
    }
  }
  const loop = faults.settings.nextLinkLoop === true && query.skipToken !== null;
  const links =
    next === null
      ? faults.settings.nullNextLink === true
        ? { '@odata.nextLink': null }
        : {}
      : { '@odata.nextLink': loop ? linkTo(request, start.position, of, start.page) : linkTo(request, next, of, start.page + 1) };
  const head = { '@odata.context': contextOf(request), ...count, ...links };
  return `${JSON.stringify(head).slice(0, -1)},"value":[${rows.join(',')}]}`;
}

/** Matching rows in the query's order, from a position on; yields null to let other requests be processed. */
function* matching(request: ListRequest, from: number): Iterable<readonly [number, Row] | null> {
  const { listing, query } = request;
  const passes = testOf(request);
  if (query.orderBy === null) {
    let seen = 0;
    for (const entry of listing.rows(from)) {
      if (++seen % ROWS_PER_TURN === 0) yield null;
      if (passes(entry[1])) yield entry;
    }
    return;
  }
  const { property, descending } = query.orderBy;
  const real = request.rules.properties.get(property.toLowerCase());
  if (real === undefined)
    throw badRequest(`Could not find a property named '${property}' on type 'microsoft.graph.${listing.type}'.`);
  const sorted = [...listing.rows(0)].map(([, row]) => row).filter(passes);
  sorted.sort((a, b) => compare(a[real], b[real]) * (descending ? -1 : 1));
  for (let position = from; position < sorted.length; position++) yield [position, sorted[position] ?? {}];
}

function compare(a: unknown, b: unknown): number {
  const [left, right] = [String(a ?? ''), String(b ?? '')];
  return left < right ? -1 : left > right ? 1 : 0;
}

function testOf({ listing, query, rules, beta }: ListRequest): (row: Row) => boolean {
  const { filter, search } = query;
  for (const { property: name } of filter?.uses ?? []) {
    if (!name.startsWith('extension_') && !rules.properties.has(name.toLowerCase()))
      throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.${listing.type}'.`);
  }
  if (filter !== null) checkFilter(filter, listing.type, query.count);
  // v1.0 omits service principals from members unless the query is advanced (Graph doc "List group members").
  const hides = listing.hidesServicePrincipals === true && !beta && !query.count;
  return (row) => {
    if (hides && row['@odata.type'] === '#microsoft.graph.servicePrincipal') return false;
    if (filter !== null && !filter.test(row)) return false;
    return (
      search === null ||
      String(row[rules.properties.get(search.property.toLowerCase()) ?? ''] ?? '')
        .toLowerCase()
        .includes(search.text)
    );
  };
}

/** Number of all rows, for `$count` and `@odata.count`. */
export async function countRows(request: ListRequest): Promise<number> {
  return request.faults.reportedCount(request.path, await countMatching(request));
}

async function countMatching(request: ListRequest): Promise<number> {
  const { counted: listing, query } = request;
  if (query.filter === null && query.search === null && listing.hidesServicePrincipals !== true) return listing.size();
  const passes = testOf(request);
  let [count, seen] = [0, 0];
  for (const [, row] of listing.rows(0)) {
    if (++seen % ROWS_PER_TURN === 0) await nextTurn();
    if (passes(row)) count++;
  }
  return count;
}

/** Maximum page size with sign-in activity; a larger `$top` is accepted and ignored (Graph doc "List users"). */
const ACTIVITY_PAGE = 500;

function pageSize({ page }: ListResource, query: Query): number {
  const { top } = query;
  if (page === null) {
    if (top !== null) throw badRequest("'$top' is not supported by the service.");
    return Number.POSITIVE_INFINITY;
  }
  if (top === null) return page.size;
  if (top < 1 || top > page.max)
    throw unsupportedQuery(`Invalid page size specified: '${top}'. Must be between 1 and ${page.max} inclusive.`);
  return readsSignInActivity(query) ? Math.min(top, ACTIVITY_PAGE) : top;
}

/** Identity of the request in a token: path and options, without the token. */
function identity({ url }: ListRequest): string {
  const options = [...url.searchParams]
    .filter(([name]) => !/^\$?skiptoken$/i.test(name))
    .map(([name, value]) => `${name.toLowerCase()}=${value}`);
  return [url.pathname.toLowerCase(), ...options.sort()].join('&');
}

function linkTo({ url, base }: ListRequest, position: number, of: string, page: number): string {
  const options = [...url.searchParams]
    .filter(([name]) => !/^\$?skiptoken$/i.test(name))
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${base}${url.pathname.replace(/^\/(v1\.0|beta)/i, '')}?${[...options, `$skiptoken=${writePageToken(position, of, page)}`].join('&')}`;
}

function contextOf({ listing, base, url, query, references }: ListRequest): string {
  if (references) return `${base}/$metadata#Collection($ref)`;
  const set = listing.type === 'directoryObject' ? 'directoryObjects' : url.pathname.replace(/^\/(v1\.0|beta)\//i, '');
  return `${base}/$metadata#${set}${query.select === null ? '' : `(${query.select.join(',')})`}`;
}
