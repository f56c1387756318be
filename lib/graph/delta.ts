import { z } from 'zod';
import { AppError, RemoteError } from '#lib/platform/errors.ts';
import { NO_OUTCOME, type Outcome } from './admission.ts';
import { linkIn, readJson } from './answer.ts';
import type { GraphClient } from './client.ts';
import { GraphError } from './graph-error.ts';

/** Empty pages in a row after which a chain of links is taken for endless (seen in the wild; Graph documents no bound). */
const EMPTY_PAGES_MAX = 1000;

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
 * @throws AppError `delta-link-loop` when the chain doesn't come to its end; GraphError, see `isResync`.
 */
export async function* followDelta(client: GraphClient, url: string, signal: AbortSignal): AsyncGenerator<DeltaPage> {
  const seen = new Set<string>();
  let empty = 0;
  for (let next = url; ; ) {
    if (seen.has(next) || empty > EMPTY_PAGES_MAX) throw endless();
    seen.add(next);
    const { body, requests, throttledMs } = await client.send({ url: next, signal, judge });
    const page = parse(body);
    const deltaLink = page['@odata.deltaLink'];
    empty = page.value.length === 0 ? empty + 1 : 0;
    yield {
      items: page.value.map((item) => ({ id: item.id, removed: item['@removed'] !== undefined })),
      deltaLink,
      requests,
      throttledMs,
    };
    if (deltaLink !== null) return;
    const link = page['@odata.nextLink'];
    if (link === null) throw malformed('has neither a next link nor a delta link');
    next = link;
  }
}

/** The delta link of this very moment, without what led to it (`$deltaToken=latest`). */
export async function takeDeltaLink(client: GraphClient, url: string, signal: AbortSignal): Promise<string> {
  let found = '';
  for await (const { deltaLink } of followDelta(client, url, signal)) found = deltaLink ?? found;
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

/** A page that came damaged is asked for again. */
function judge({ body }: { readonly body: Uint8Array }): Outcome {
  parse(body);
  return NO_OUTCOME;
}

function parse(body: Uint8Array): z.infer<typeof DeltaBody> {
  const parsed = DeltaBody.safeParse(readJson(body));
  if (!parsed.success) throw malformed('is not a list of objects with ids', parsed.error);
  return parsed.data;
}

function malformed(how: string, cause?: unknown): RemoteError {
  return new RemoteError(
    {
      code: 'truncated-answer',
      title: `An answer of Graph's delta query ${how}.`,
      remedy: 'Run the task again.',
      fixer: 'operator',
    },
    { retry: 'backoff', ...(cause === undefined ? {} : { cause }) },
  );
}

function endless(): AppError {
  return new AppError({
    code: 'delta-link-loop',
    title: "Graph's delta query does not come to an end.",
    remedy: 'Run the task again; with --full it reads everything instead.',
    fixer: 'operator',
  });
}
