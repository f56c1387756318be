import { badRequest, unsupportedQuery } from '../error-response.ts';
import { type Filter, parseFilter } from './filter.ts';

/** Query options of a request, after checking the rules for all resources. */
export interface Query {
  readonly select: readonly string[] | null;
  readonly expand: string | null;
  readonly filter: Filter | null;
  readonly orderBy: { readonly property: string; readonly descending: boolean } | null;
  readonly search: { readonly property: string; readonly text: string } | null;
  readonly top: number | null;
  readonly count: boolean;
  readonly skipToken: string | null;
  readonly deltaToken: string | null;
  /** Whether `ConsistencyLevel: eventual` was sent. */
  readonly eventual: boolean;
}

/** `$select` equals `select`; names are case-insensitive (OData 4.01). */
export function optionsOf(url: URL): ReadonlyMap<string, string> {
  return new Map([...url.searchParams].map(([name, value]) => [name.toLowerCase().replace(/^\$/, ''), value]));
}

export function parseQuery(url: URL, headers: Readonly<Record<string, string>>): Query {
  const options = optionsOf(url);
  if (options.has('skip')) throw badRequest("'$skip' is not supported by the service.");
  const eventual = headers['consistencylevel']?.toLowerCase() === 'eventual';
  const count = options.get('count') === 'true';
  const filterText = options.get('filter');
  const filter = filterText === undefined ? null : parseFilter(filterText);
  const orderBy = parseOrderBy(options.get('orderby'));
  const search = parseSearch(options.get('search'));
  // Refuses an advanced query without header and count; ignores a plain $count=true without the header.
  if (filter?.advanced === true && !(eventual && count)) throw unsupportedQuery('Unsupported Query.');
  if (filter !== null && orderBy !== null && !(eventual && count))
    throw unsupportedQuery('Sorting not supported for current query.');
  if (search !== null && !eventual)
    throw unsupportedQuery(
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    );
  return {
    select: list(options.get('select')),
    expand: options.get('expand') ?? null,
    filter,
    orderBy,
    search,
    top: parseTop(options.get('top')),
    count: count && eventual,
    skipToken: options.get('skiptoken') ?? null,
    deltaToken: options.get('deltatoken') ?? null,
    eventual,
  };
}

function list(text: string | undefined): readonly string[] | null {
  if (text === undefined) return null;
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function parseTop(text: string | undefined): number | null {
  if (text === undefined) return null;
  const top = Number(text);
  if (!Number.isSafeInteger(top)) throw badRequest(`Invalid value '${text}' for $top query option found.`);
  return top;
}

function parseOrderBy(text: string | undefined): Query['orderBy'] {
  if (text === undefined) return null;
  const match = /^\s*([A-Za-z]\w*)(?:\s+(asc|desc))?\s*$/i.exec(text);
  if (match?.[1] === undefined) throw badRequest(`Invalid $orderby clause '${text}'.`);
  return { property: match[1], descending: match[2]?.toLowerCase() === 'desc' };
}

function parseSearch(text: string | undefined): Query['search'] {
  if (text === undefined) return null;
  const match = /^\s*"(\w+):([^"]+)"\s*$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined)
    throw badRequest(`Syntax error: character '${text.trim().slice(0, 1)}' is not valid at position 0 in '${text}'.`);
  return { property: match[1], text: match[2].toLowerCase() };
}
