import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Log } from '#lib/platform/log.ts';

/** What undici publishes about a request (undici docs "Diagnostics Channel Support"). */
interface TracedRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly path: string;
}

interface HeadersMessage {
  readonly request: TracedRequest;
  readonly response: { readonly statusCode: number; readonly headers: readonly Buffer[] };
}

interface ErrorMessage {
  readonly request: TracedRequest;
  readonly error: Error & { readonly code?: string };
}

/** Query parameters that are long and without meaning for a reader; some could also be used to continue reading. */
const OPAQUE = /([?&](?:\$|%24)(?:skiptoken|deltatoken)=)[^&]*/gi;

/** Origins whose paths are secrets. */
const SECRET_PATHS = new Set<string>();

/** From now on the trace names only the origin of requests there: who knows the URL of a webhook may post to it. */
export function hidePathsOf(origin: string): void {
  SECRET_PATHS.add(origin);
}

/**
 * Logs each request that leaves through undici, on level `debug`: method, URL, status, milliseconds until the headers, and Graph's `request-id`,
 * which Microsoft's support asks for. Never a header of the request and never a body: tokens and rows are in those.
 * @returns ends the trace.
 */
export function traceRequests(log: Log): () => void {
  if (!log.isLevelEnabled('debug')) return () => undefined;
  const startedAt = new WeakMap<object, number>();
  const elapsed = (request: object): number => Math.round(performance.now() - (startedAt.get(request) ?? performance.now()));
  const listeners: Record<string, (message: unknown) => void> = {
    'undici:request:create': (message) => startedAt.set((message as { readonly request: object }).request, performance.now()),
    'undici:request:headers': (message) => {
      const { request, response } = message as HeadersMessage;
      const requestId = headerOf(response.headers, 'request-id');
      log.debug({ ...addressOf(request), status: response.statusCode, ms: elapsed(request), requestId }, 'request');
    },
    'undici:request:error': (message) => {
      const { request, error } = message as ErrorMessage;
      log.debug({ ...addressOf(request), error: error.code ?? error.name, ms: elapsed(request) }, 'request failed');
    },
  };
  for (const [channel, listener] of Object.entries(listeners)) subscribe(channel, listener);
  return () => {
    for (const [channel, listener] of Object.entries(listeners)) unsubscribe(channel, listener);
  };
}

function addressOf({ method, origin, path }: TracedRequest) {
  const shown = SECRET_PATHS.has(String(origin)) ? '/...' : path.replaceAll(OPAQUE, '$1...');
  return { method, url: `${origin}${shown}` };
}

/** Raw headers are names and values in turn. */
function headerOf(headers: readonly Buffer[], name: string): string | undefined {
  const at = headers.findIndex((header, index) => index % 2 === 0 && header.toString('latin1').toLowerCase() === name);
  return at === -1 ? undefined : headers[at + 1]?.toString('latin1');
}
