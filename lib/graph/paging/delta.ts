import { z } from 'zod';
import { linkIn, readAs } from '#lib/graph/client/answer.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { NO_OUTCOME, type Outcome } from '#lib/graph/limits/admission.ts';
import { AppError, RemoteError } from '#lib/platform/errors.ts';

/** Pages without a new id, one after the other, after which a round is taken for endless (seen in the wild; Graph documents no bound). */
const STALE_PAGES_MAX = 1000;
/** The same in time, for a service that takes long for each, milliseconds; a few pages may take that long when Graph throttles. */
const STALE_MS = 5 * 60_000;
const STALE_PAGES_MIN = 10;
/** Pages with objects after which a service is taken to ignore `$deltaToken=latest`: reading on would cost as much as the list itself. */
const LATEST_PAGES_MAX = 20;

const DeltaItem = z.looseObject({ id: z.string(), '@removed': z.unknown().optional() });
const DeltaBody = z.object({
  value: z.array(DeltaItem),
  '@odata.nextLink': z.unknown().optional().transform(linkIn),
  '@odata.deltaLink': z.unknown().optional().transform(linkIn),
});

/** One page of a round of delta query. */
export interface DeltaPage {
  /** Objects that were told, in the order told; one may come several times. */
  readonly items: readonly { readonly id: string; readonly removed: boolean }[];
  /** On the last page only: where the next round begins. */
  readonly deltaLink: string | null;
  readonly requests: number;
  readonly throttledMs: number;
}

/**
 * One round of delta query from `url` to its delta link (Graph docs "Use delta query to track changes"). Both reasons of `@removed`
 * (`changed`: soft-deleted, `deleted`: for good) mean that the list has the object no more.
 * @throws AppError `delta-link-loop` when the chain doesn't come to its end, `answer-not-understood`, `truncated-answer`; GraphError, see
 * `isResync`.
 */
export async function* followDelta(client: GraphClient, url: string, signal: AbortSignal): AsyncGenerator<DeltaPage> {
  const guard = new RoundGuard(client);
  for (let next = url; ; ) {
    guard.follow(next);
    const { body, requests, throttledMs } = await client.send({ url: next, signal, judge });
    const page = readAs(body, DeltaBody);
    const deltaLink = page['@odata.deltaLink'];
    guard.brought(page.value);
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

/** Watches one round: a link that comes back, or pages that tell of nothing new, are no way to an end. */
class RoundGuard {
  readonly #client: GraphClient;
  readonly #links = new Set<string>();
  readonly #ids = new Set<string>();
  #stalePages = 0;
  #newAt: number;

  constructor(client: GraphClient) {
    this.#client = client;
    this.#newAt = this.#now();
  }

  /** @throws AppError `delta-link-loop` */
  follow(url: string): void {
    if (this.#links.has(url)) throw endless('goes in circles');
    this.#links.add(url);
  }

  /** @throws AppError `delta-link-loop` */
  brought(items: readonly { readonly id: string }[]): void {
    const before = this.#ids.size;
    for (const { id } of items) this.#ids.add(id);
    if (this.#ids.size > before) {
      this.#stalePages = 0;
      this.#newAt = this.#now();
      return;
    }
    this.#stalePages++;
    const late = this.#stalePages >= STALE_PAGES_MIN && this.#now() - this.#newAt > STALE_MS;
    if (late || this.#stalePages > STALE_PAGES_MAX) throw endless('does not come to an end');
  }

  #now(): number {
    return this.#client.clock.now().getTime();
  }
}

/**
 * The delta link of this very moment, without what led to it (`$deltaToken=latest`: Graph answers no objects and the link).
 * @throws AppError `delta-link-loop` also for a service that ignores `latest` and sends the whole collection.
 */
export async function takeDeltaLink(client: GraphClient, url: string, signal: AbortSignal): Promise<string> {
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
 * Whether Graph wants everything read anew: 410, the documented codes, or what directory objects really answer to an old link.
 * Any other 400 is a fault and stays loud.
 */
export function isResync(error: unknown): boolean {
  if (!(error instanceof GraphError)) return false;
  if (error.status === 410 || /^(syncStateNotFound|resyncRequired)$/i.test(error.graphCode)) return true;
  return error.status === 400 && error.problem.detail?.startsWith('DeltaLink older than') === true;
}

/** A page that came damaged is asked for a few times: a round that stays damaged is made up for by reading everything. */
function judge({ body }: { readonly body: Uint8Array }): Outcome {
  try {
    readAs(body, DeltaBody);
  } catch (error) {
    if (!(error instanceof AppError) || error.retry !== 'backoff') throw error;
    throw new RemoteError(error.problem, { cause: error, retry: 'few' });
  }
  return NO_OUTCOME;
}

function endless(how: string): AppError {
  return new AppError({
    code: 'delta-link-loop',
    title: `Graph's delta query ${how}.`,
    remedy: 'Run the task again; with --full it reads everything instead.',
    fixer: 'operator',
  });
}

/**
 * Problems of a round, or of the link that it begins with, that asking again doesn't cure; reading everything does.
 * `link-to-other-host`: the link was saved of another service, or a proxy rewrites links.
 */
export const LOST_ROUND_CODES: ReadonlySet<string> = new Set([
  'delta-link-loop',
  'link-to-other-host',
  'answer-not-understood',
  'truncated-answer',
]);

/** Whether a saved link is one of delta query for this collection; one of another resource would tell of other objects. */
export function isDeltaLinkOf(link: string, client: GraphClient, collection: string): boolean {
  const url = URL.parse(link);
  const own = new URL(`${client.baseUrl}${collection}`);
  if (url === null || url.origin !== own.origin) return false;
  const [, path = ''] = /^(.*)\/(?:microsoft\.graph\.)?delta(?:\(\))?\/?$/i.exec(url.pathname) ?? [];
  return path.toLowerCase() === own.pathname.toLowerCase();
}
