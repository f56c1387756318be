import { z } from 'zod';
import { linkOrNull, readAs } from '#lib/graph/client/answer.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { NO_OUTCOME, type Outcome } from '#lib/graph/limits/admission.ts';
import { AppError, RemoteError } from '#lib/platform/errors.ts';
import { FollowedLinks } from './link-guard.ts';

/** Consecutive pages without a new id after which a round counts as endless (observed; Graph documents no bound). */
const STALE_PAGES_MAX = 1000;
/** The same as a time, milliseconds: after at least STALE_PAGES_MIN pages, since a few pages may take this long when Graph throttles. */
const STALE_MS = 5 * 60_000;
const STALE_PAGES_MIN = 10;
/** Pages with objects after which a service counts as ignoring `$deltaToken=latest`: reading on would cost as much as the whole collection. */
const LATEST_PAGES_MAX = 20;

const DeltaItem = z.looseObject({ id: z.string(), '@removed': z.unknown().optional() });
const DeltaBody = z.object({
  value: z.array(DeltaItem),
  '@odata.nextLink': z.unknown().optional().transform(linkOrNull),
  '@odata.deltaLink': z.unknown().optional().transform(linkOrNull),
});

/** One page of a round of delta query. */
export interface DeltaPage {
  /** Changed objects in Graph's order; one may occur several times. */
  readonly items: readonly { readonly id: string; readonly removed: boolean }[];
  /** Start of the next round; null on all pages but the last. */
  readonly deltaLink: string | null;
  readonly requests: number;
  readonly throttledMs: number;
}

/**
 * One round of delta query from `url` to its delta link (Graph docs "Use delta query to track changes"). Both reasons of `@removed`
 * (`changed`: soft-deleted, `deleted`: permanently) mean that the list no longer has the object.
 * @throws AppError `delta-link-loop` when the chain of links has no end, `answer-not-understood`, `truncated-answer`; GraphError, see
 * `isResyncRequired`.
 */
export async function* followDelta(client: GraphClient, url: string, signal: AbortSignal): AsyncGenerator<DeltaPage> {
  const guard = new RoundGuard(client);
  for (let next = url; ; ) {
    guard.follow(next);
    const { body, requests, throttledMs } = await client.send({ url: next, signal, inspectResponse });
    const page = readAs(body, DeltaBody);
    const deltaLink = page['@odata.deltaLink'];
    guard.checkProgress(page.value);
    yield {
      items: page.value.map((item) => ({ id: item.id, removed: item['@removed'] !== undefined })),
      deltaLink,
      requests,
      throttledMs,
    };
    if (deltaLink !== null) return;
    const link = page['@odata.nextLink'];
    if (link === null) throw endless('ended without a delta link');
    next = link;
  }
}

/** Detects a round without end: a link that occurs twice, or too many pages without a new object. */
class RoundGuard {
  readonly #client: GraphClient;
  readonly #followed = new FollowedLinks(() => endless('returned the same link twice'));
  readonly #ids = new Set<string>();
  #stalePages = 0;
  #progressAt: number;

  constructor(client: GraphClient) {
    this.#client = client;
    this.#progressAt = this.#now();
  }

  /** @throws AppError `delta-link-loop` */
  follow(url: string): void {
    this.#followed.add(url);
  }

  /** @throws AppError `delta-link-loop` */
  checkProgress(items: readonly { readonly id: string }[]): void {
    const before = this.#ids.size;
    for (const { id } of items) this.#ids.add(id);
    if (this.#ids.size > before) {
      this.#stalePages = 0;
      this.#progressAt = this.#now();
      return;
    }
    this.#stalePages++;
    const isTooLong = this.#stalePages >= STALE_PAGES_MIN && this.#now() - this.#progressAt > STALE_MS;
    if (isTooLong || this.#stalePages > STALE_PAGES_MAX) throw endless('returned page after page without a new object');
  }

  #now(): number {
    return this.#client.clock.now().getTime();
  }
}

/**
 * The delta link of the current state, without the objects (`$deltaToken=latest`: Graph answers no objects and the link).
 * @throws AppError `delta-link-loop` also for a service that ignores `latest` and sends the whole collection.
 */
export async function fetchLatestDeltaLink(client: GraphClient, url: string, signal: AbortSignal): Promise<string> {
  let found = '';
  let pages = 0;
  for await (const { items, deltaLink } of followDelta(client, url, signal)) {
    found = deltaLink ?? found;
    if (items.length > 0) pages++;
    if (deltaLink === null && pages >= LATEST_PAGES_MAX) throw endless('ignores $deltaToken=latest');
  }
  return found;
}

/**
 * Whether Graph requires a full synchronisation: 410, the documented codes, or the answer of directory objects to an old link (observed).
 * Any other 400 is an error.
 */
export function isResyncRequired(error: unknown): boolean {
  if (!(error instanceof GraphError)) return false;
  if (error.status === 410 || /^(syncStateNotFound|resyncRequired)$/i.test(error.graphCode)) return true;
  return error.status === 400 && error.problem.detail?.startsWith('DeltaLink older than') === true;
}

/** A damaged page is requested a limited number of times: after that the caller reads the whole collection instead. */
function inspectResponse({ body }: { readonly body: Uint8Array }): Outcome {
  try {
    readAs(body, DeltaBody);
  } catch (error) {
    if (!(error instanceof AppError) || error.retry !== 'backoff') throw error;
    throw new RemoteError(error.problem, { cause: error, retry: 'limited' });
  }
  return NO_OUTCOME;
}

function endless(how: string): AppError {
  return new AppError({
    code: 'delta-link-loop',
    title: `Graph's delta query ${how}.`,
    remedy: 'Run the task again. If the problem persists, run it with a full compare (--full).',
    fixer: 'operator',
  });
}

/**
 * Codes of problems with a round or its first link that a retry can't solve and reading the whole collection can.
 * `link-to-other-host`: the link was saved for another service, or a proxy rewrites links.
 */
export const RESTART_DELTA_CODES: ReadonlySet<string> = new Set([
  'delta-link-loop',
  'link-to-other-host',
  'answer-not-understood',
  'truncated-answer',
]);

/** Whether a saved link is a delta link of this collection. */
export function isDeltaLinkOf(link: string, client: GraphClient, collection: string): boolean {
  const url = URL.parse(link);
  const own = new URL(`${client.baseUrl}${collection}`);
  if (url === null || url.origin !== own.origin) return false;
  const [, path = ''] = /^(.*)\/(?:microsoft\.graph\.)?delta(?:\(\))?\/?$/i.exec(url.pathname) ?? [];
  return path.toLowerCase() === own.pathname.toLowerCase();
}
