import { linkOrNull, readErrorBody } from '#lib/graph/client/answer.ts';
import { type GraphClient, outcomeOf } from '#lib/graph/client/client.ts';
import { toInStreamError } from '#lib/graph/client/graph-error.ts';
import { documentStart, eachMember, valueAt } from '#lib/graph/client/json-bytes.ts';
import { readTopLevelMembers } from '#lib/graph/client/top-level-members.ts';
import type { WaitMeter } from '#lib/graph/limits/admission.ts';
import type { HttpResponse } from '#lib/platform/http/http.ts';
import { LinkGuard } from './link-guard.ts';

/** One page of a collection, as Graph sent it. */
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

/** A page that was requested. */
export interface PendingPage {
  /** Resolves as soon as the head of the page has arrived, so that the next page can be requested while this one is received. */
  readonly nextLink: Promise<string | null>;
  /** Its `nextLink` is the same link. */
  readonly page: Promise<GraphPage>;
}

/** As fetchPage, with the link before the rows. Neither promise counts as an unhandled rejection when it fails. */
export function beginPage(client: GraphClient, request: PageRequest): PendingPage {
  const { promise: nextLink, resolve } = Promise.withResolvers<string | null>();
  let firstLink: string | null = null;
  const page = fetchPage(client, request, (link) => {
    // When the body is truncated and the page is requested again, the first link stays valid (Graph docs "Paging").
    firstLink ??= link;
    resolve(firstLink);
  }).then((fetched) => {
    const kept = firstLink ?? fetched.nextLink;
    resolve(kept);
    return { ...fetched, nextLink: kept };
  });
  page.catch(() => resolve(null));
  return { nextLink, page };
}

/** The link in the first bytes of a page; null when they don't hold all of it. */
function linkInHead(head: Uint8Array): string | null {
  try {
    return linkOrNull(readTopLevelMembers(head, LINKS).get('@odata.nextLink'));
  } catch {
    return null;
  }
}

/** Fetches one page; a truncated body is requested again. */
export async function fetchPage(
  client: GraphClient,
  { url, headers, signal, meter }: PageRequest,
  onLink?: (link: string) => void,
): Promise<GraphPage> {
  let link: string | null | undefined;
  const onHead = (head: Uint8Array): void => {
    const firstLink = linkInHead(head);
    if (firstLink !== null) onLink?.(firstLink);
  };
  const answered = await client.send({
    url,
    signal,
    ...(headers === undefined ? {} : { headers }),
    ...(meter === undefined ? {} : { meter }),
    ...(onLink === undefined ? {} : { onHead }),
    inspectResponse: (answer) => {
      link = linkOf(answer, client.clock.now());
      return outcomeOf(answer, client.clock.now());
    },
  });
  const { body, requests, throttledMs } = answered;
  return { body, nextLink: link === undefined ? linkOf(answered, client.clock.now()) : link, requests, throttledMs };
}

/**
 * Finds the next link. Graph writes it before the rows. Where it is not there, the whole document is scanned only when the link could stand
 * behind the rows: the body contains the name of the member, or doesn't end with the rows.
 */
function linkOf(answer: HttpResponse, now: Date): string | null {
  const { body } = answer;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (endsWithRows(bytes))
    return bytes.includes(LINK) ? linkOrNull(readTopLevelMembers(body, LINKS).get('@odata.nextLink')) : null;
  // Scans to the end: a document may be truncated behind the link, and an error may follow the rows.
  let link: string | null = null;
  let failure: unknown = null;
  eachMember(body, documentStart(body), (name, span) => {
    if (name === '@odata.nextLink') link = linkOrNull(valueAt(body, span));
    else if (name === 'error' && body[span.from] === BRACE) failure = { error: valueAt(body, span) };
    return true;
  });
  if (failure !== null && readErrorBody(failure).graphCode !== '') throw toInStreamError(answer, failure, now);
  return link;
}

function endsWithRows(bytes: Buffer): boolean {
  let last = bytes.length - 1;
  while (last >= 0 && (bytes[last] ?? 0) <= 0x20) last--;
  if (bytes[last] !== 0x7d) return false;
  for (last--; last >= 0 && (bytes[last] ?? 0) <= 0x20; ) last--;
  return bytes[last] === 0x5d;
}

/** Codes of problems with links that reading the collection again from its start may solve. */
export const RESTART_CODES: ReadonlySet<string> = new Set(['page-token-expired', 'next-link-loop']);

/**
 * Reads a collection from `url` until a page has no nextLink; a page may be empty and have a link (Graph docs "Paging"). Links are used
 * unchanged, and the headers are sent with each request, since a link doesn't carry them.
 * @throws AppError `next-link-loop`, see LinkGuard.
 */
export async function* readPages(client: GraphClient, request: PageRequest): AsyncGenerator<GraphPage> {
  const guard = new LinkGuard();
  let url: string | null = request.url;
  while (url !== null) {
    guard.follow(url);
    const page: GraphPage = await fetchPage(client, { ...request, url });
    guard.checkProgress(page);
    url = page.nextLink;
    yield page;
  }
}
