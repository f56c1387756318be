import { AppError } from '#lib/platform/errors.ts';
import type { GraphClient } from './client.ts';
import { readTopLevel } from './top-level.ts';

/** A page of a collection as Graph sent it. */
export interface GraphPage {
  readonly body: Uint8Array;
  /** Absolute; null on the last page. */
  readonly nextLink: string | null;
  readonly requests: number;
  readonly throttledMs: number;
}

const LINKS = new Set(['@odata.nextLink']);

/**
 * Follows a collection from `url` until there is no nextLink; empty pages with a link go on (Graph docs "Paging"). Links are used whole, and
 * headers are sent again with each, since a link doesn't carry them.
 * @throws AppError `next-link-loop` when a link comes back that was followed before.
 */
export async function* readPages(
  client: GraphClient,
  request: { readonly url: string; readonly headers?: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): AsyncGenerator<GraphPage> {
  const seen = new Set<string>();
  let url: string | null = request.url;
  while (url !== null) {
    if (seen.has(url)) throw loop();
    seen.add(url);
    const response = await client.send({
      url,
      signal: request.signal,
      ...(request.headers === undefined ? {} : { headers: request.headers }),
    });
    const link = readTopLevel(response.body, LINKS).get('@odata.nextLink');
    url = typeof link === 'string' && link !== '' ? link : null;
    yield { body: response.body, nextLink: url, requests: response.requests, throttledMs: response.throttledMs };
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
