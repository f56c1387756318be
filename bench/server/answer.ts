import { PAGE_SIZE } from '../dataset.ts';
import { spanOf } from './filter.ts';
import type { RowStore } from './row-store.ts';
import type { Collection, Groups } from './tenant.ts';

/** An answer: slices of bytes, which are never joined. */
export interface Answer {
  readonly status: number;
  readonly type: 'application/json' | 'text/plain';
  readonly slices: readonly Buffer[];
}

export interface Tenant {
  readonly users: Collection;
  readonly groups: Groups;
}

const END = Buffer.from(']}');
const METHODS = /^\/users\/[^/]+\/authentication\/methods$/;
const MEMBERS = /^\/groups\/([^/]+)\/members(\/\$count)?$/;

/** The one method of every user; its id is the same for all (Graph doc "passwordAuthenticationMethod resource type"). */
const PASSWORD_METHOD = {
  '@odata.type': '#microsoft.graph.passwordAuthenticationMethod',
  id: '28c10230-6103-485e-b985-444c60001490',
  createdDateTime: null,
};

/**
 * Answers a GET below the version's root. `base`: absolute address of that root, for links.
 * @param eventual whether the request has `ConsistencyLevel: eventual`, without which Graph counts nothing.
 */
export function answerGet(tenant: Tenant, base: string, target: string, eventual: boolean): Answer {
  const url = new URL(target, 'https://bench.invalid');
  const path = decodeURIComponent(url.pathname);
  const { users, groups } = tenant;
  if (path === '/users') return listing(users, base, url);
  if (path === '/groups') return listingGroups(groups, base, url);
  if (path === '/users/$count') return counting(users, url, eventual);
  if (path === '/groups/$count') return counting(groups, url, eventual);
  if (path === '/users/delta' || path === '/groups/delta') return nothingChanged(base, path, url);
  if (METHODS.test(path)) return json(200, { value: [PASSWORD_METHOD] });
  const members = MEMBERS.exec(path);
  if (members === null) return fault(400, 'Request_BadRequest', `The bench has no ${path}.`);
  const rows = groups.membersOf(members[1] ?? '');
  if (rows === null) return fault(404, 'Request_ResourceNotFound', 'There is no such group.');
  if (members[2] === undefined) return page(rows, { from: 0, to: rows.rows }, base, url, 100);
  return eventual ? text(String(rows.rows)) : needsEventual();
}

function listing({ rows, keys }: Collection, base: string, url: URL): Answer {
  const span = spanOf(keys, url.searchParams.get('$filter'));
  return span === null ? badFilter() : page(rows, span, base, url, 100);
}

/** The filter of the Graph doc "List groups" for Microsoft 365 groups, or none. */
function listingGroups({ unified, ...groups }: Groups, base: string, url: URL): Answer {
  const isUnified = url.searchParams.get('$filter') === "groupTypes/any(c:c eq 'Unified')";
  return isUnified ? page(unified.rows, { from: 0, to: unified.rows.rows }, base, url, 100) : listing(groups, base, url);
}

function counting({ keys }: Collection, url: URL, eventual: boolean): Answer {
  if (!eventual) return needsEventual();
  const span = spanOf(keys, url.searchParams.get('$filter'));
  return span === null ? badFilter() : text(String(span.to - span.from));
}

function page(rows: RowStore, span: { from: number; to: number }, base: string, url: URL, usual: number): Answer {
  const top = Math.min(PAGE_SIZE, Number(url.searchParams.get('$top') ?? usual));
  const from = skipTokenOf(url) ?? span.from;
  const to = Math.min(span.to, from + top);
  const count = url.searchParams.get('$count') === 'true' && from === span.from ? `"@odata.count":${span.to - span.from},` : '';
  const link = to < span.to ? `"@odata.nextLink":${JSON.stringify(linkTo(base, url, to))},` : '';
  const head = `{"@odata.context":"${base}/$metadata#${url.pathname.slice(1)}",${count}${link}"value":[`;
  return { status: 200, type: 'application/json', slices: [Buffer.from(head), ...rows.slices(from, to), END] };
}

/** Delta links that report no changes: the tenant does not change while it is read. */
function nothingChanged(base: string, path: string, url: URL): Answer {
  const known = url.searchParams.get('$deltatoken') ?? url.searchParams.get('$deltaToken');
  if (known === null) return fault(400, 'Request_BadRequest', 'The bench answers delta queries from a token on.');
  const link = `${base}${path}?$deltatoken=bench`;
  return json(200, { '@odata.context': `${base}/$metadata#${path.slice(1)}`, '@odata.deltaLink': link, value: [] });
}

function skipTokenOf(url: URL): number | null {
  const token = url.searchParams.get('$skiptoken');
  return token === null ? null : Number(Buffer.from(token, 'base64url').toString('utf8').slice(1));
}

function linkTo(base: string, url: URL, position: number): string {
  const token = Buffer.from(`p${position}`).toString('base64url');
  const query = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !part.startsWith('$skiptoken='));
  return `${base}${url.pathname}?${[...query, `$skiptoken=${token}`].join('&')}`;
}

export function fault(status: number, code: string, message: string): Answer {
  return json(status, { error: { code, message } });
}

function json(status: number, value: unknown): Answer {
  return { status, type: 'application/json', slices: [Buffer.from(JSON.stringify(value))] };
}

function text(value: string): Answer {
  return { status: 200, type: 'text/plain', slices: [Buffer.from(value)] };
}

function badFilter(): Answer {
  return fault(400, 'Request_UnsupportedQuery', 'The bench filters users by userPrincipalName, and groups by groupTypes.');
}

function needsEventual(): Answer {
  return fault(400, 'Request_BadRequest', '$count is not currently supported without ConsistencyLevel: eventual.');
}
