import { linkIn, readErrorWords } from '#lib/graph/client/answer.ts';
import { type GraphClient, outcomeOf } from '#lib/graph/client/client.ts';
import { toLateError } from '#lib/graph/client/graph-error.ts';
import { eachMember, startOf, valueAt } from '#lib/graph/client/json-bytes.ts';
import { readTopLevel } from '#lib/graph/client/top-level-members.ts';
import type { WaitMeter } from '#lib/graph/limits/admission.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { HttpResponse } from '#lib/platform/http/http.ts';

/** A page of a collection as Graph sent it. */
export interface GraphPage {
  readonly body: Uint8Array;
  /** Absolute; null on the last page. */
  readonly nextLink: string | null;
  readonly requests: number;
  readonly throttledMs: number;
}

export interface PageRequest {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly meter?: WaitMeter;
}

const LINK = Buffer.from('"@odata.nextLink"');
const LINKS = new Set(['@odata.nextLink']);
const BRACE = 0x7b;

/** A page on its way. */
export interface ComingPage {
  /** Known as soon as the head of the page is there: the next one may be asked for while this one still comes. */
  readonly nextLink: Promise<string | null>;
  /** With the same link. */
  readonly page: Promise<GraphPage>;
}

/** As fetchPage, with the link ahead of the rows. Neither promise counts as unhandled when it fails. */
export function beginPage(client: GraphClient, request: PageRequest): ComingPage {
  const { promise: nextLink, resolve } = Promise.withResolvers<string | null>();
  let early: string | null = null;
  const page = fetchPage(client, request, (link) => {
    // When the rows break off and the page is asked for again, the first link still holds, and only that (Graph docs "Paging").
    early ??= link;
    resolve(early);
  }).then((fetched) => {
    const kept = early ?? fetched.nextLink;
    resolve(kept);
    return { ...fetched, nextLink: kept };
  });
  page.catch(() => resolve(null));
  return { nextLink, page };
}

/** The link in the first bytes of a page; null when it isn't (wholly) in them. */
function earlyLink(head: Uint8Array): string | null {
  try {
    return linkIn(readTopLevel(head, LINKS).get('@odata.nextLink'));
  } catch {
    return null;
  }
}

/** One page; a body that ends in the middle is asked for again. */
export async function fetchPage(
  client: GraphClient,
  { url, headers, signal, meter }: PageRequest,
  onLink?: (link: string) => void,
): Promise<GraphPage> {
  let link: string | null | undefined;
  const onHead = (head: Uint8Array): void => {
    const early = earlyLink(head);
    if (early !== null) onLink?.(early);
  };
  const answered = await client.send({
    url,
    signal,
    ...(headers === undefined ? {} : { headers }),
    ...(meter === undefined ? {} : { meter }),
    ...(onLink === undefined ? {} : { onHead }),
    judge: (answer) => {
      link = linkOf(answer, client.clock.now());
      return outcomeOf(answer, client.clock.now());
    },
  });
  const { body, requests, throttledMs } = answered;
  return { body, nextLink: link === undefined ? linkOf(answered, client.clock.now()) : link, requests, throttledMs };
}

/**
 * Graph puts the link before the rows, so that it is found at once. Where it isn't there, the whole document is looked through only when it
 * could stand behind them: it names a link somewhere, or doesn't end with the rows.
 */
function linkOf(answer: HttpResponse, now: Date): string | null {
  const { body } = answer;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (endsWithRows(bytes)) return bytes.includes(LINK) ? linkIn(readTopLevel(body, LINKS).get('@odata.nextLink')) : null;
  // To the end: a document that breaks off behind the link would else look whole, and an error may stand behind the rows.
  let link: string | null = null;
  let failure: unknown = null;
  eachMember(body, startOf(body), (name, span) => {
    if (name === '@odata.nextLink') link = linkIn(valueAt(body, span));
    else if (name === 'error' && body[span.from] === BRACE) failure = { error: valueAt(body, span) };
    return true;
  });
  if (failure !== null && readErrorWords(failure).graphCode !== '') throw toLateError(answer, failure, now);
  return link;
}

function endsWithRows(bytes: Buffer): boolean {
  let last = bytes.length - 1;
  while (last >= 0 && (bytes[last] ?? 0) <= 0x20) last--;
  if (bytes[last] !== 0x7d) return false;
  for (last--; last >= 0 && (bytes[last] ?? 0) <= 0x20; ) last--;
  return bytes[last] === 0x5d;
}

/** Pages without rows, one after the other, after which a chain of links is taken for endless; Graph documents no bound. */
const EMPTY_PAGES_MAX = 1000;
/** A page this small may have no rows. */
const EMPTY_BYTES = 2048;
/** Pages that begin with the same row as the one before, one after the other, after which a chain goes in circles. */
const SAME_PAGES_MAX = 2;
/** Bytes of the first row that tell pages apart. */
const ROW_START = 512;

/** Problems of links that reading again from the start may cure. */
export const RESTART_CODES: ReadonlySet<string> = new Set(['page-token-expired', 'next-link-loop']);

/** Watches the links of one chain: a link that comes back, or pages that never bring anything, are no way to an end. */
export class LinkGuard {
  readonly #seen = new Set<string>();
  #empty = 0;
  #firstRow = '';
  #same = 0;

  /** @throws AppError `next-link-loop` */
  follow(url: string): void {
    if (this.#seen.has(url)) throw loop();
    this.#seen.add(url);
  }

  /** @throws AppError `next-link-loop` */
  brought({ body }: Pick<GraphPage, 'body'>): void {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    const rows = bytes.indexOf('"value":[');
    const firstRow = rows < 0 ? '' : bytes.toString('latin1', rows + 9, rows + 9 + ROW_START);
    const isEmpty = firstRow.startsWith(']') || (bytes.byteLength < EMPTY_BYTES && !bytes.includes('"id"'));
    this.#empty = isEmpty ? this.#empty + 1 : 0;
    // Graph was seen to send links that differ and lead to the same page.
    if (!isEmpty) {
      this.#same = firstRow !== '' && firstRow === this.#firstRow ? this.#same + 1 : 0;
      this.#firstRow = firstRow;
    }
    if (this.#empty > EMPTY_PAGES_MAX || this.#same >= SAME_PAGES_MAX) throw loop();
  }
}

/**
 * Follows a collection from `url` until there is no nextLink; empty pages with a link go on (Graph docs "Paging"). Links are used whole, and
 * headers are sent again with each, since a link doesn't carry them.
 * @throws AppError `next-link-loop` when a link comes back that was followed before.
 */
export async function* readPages(client: GraphClient, request: PageRequest): AsyncGenerator<GraphPage> {
  const guard = new LinkGuard();
  let url: string | null = request.url;
  while (url !== null) {
    guard.follow(url);
    const page: GraphPage = await fetchPage(client, { ...request, url });
    guard.brought(page);
    url = page.nextLink;
    yield page;
  }
}

function loop(): AppError {
  return new AppError({
    code: 'next-link-loop',
    title: 'Graph sent a link to a page that was read already.',
    remedy: 'Run again. If it stays, a proxy may serve old answers.',
    fixer: 'operator',
  });
}
