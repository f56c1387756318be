import 'server-only';
import { isStillAuthorized } from './context.ts';

export interface ServerSentEvent {
  readonly event: string;
  /** Serialised as JSON. */
  readonly data: unknown;
}

/** Interval of keep-alive comments, milliseconds: proxies close a silent connection after about a minute (HTML standard, section 9.2.7). */
const KEEP_ALIVE_MS = 20_000;

/** How often a silent stream checks whether its reader is still authorised, milliseconds. */
const ASK_AGAIN_MS = 3000;
/**
 * Streams events until the source ends, the browser disconnects, or the account, the session or the token of the request
 * ends; in the latter cases the signal of `source` is aborted. Requests the next event after the browser took the previous one, so that
 * a source can combine changes.
 */
export function sseResponse(request: Request, source: (signal: AbortSignal) => AsyncGenerator<ServerSentEvent>): Response {
  const gone = new AbortController();
  const signal = AbortSignal.any([request.signal, gone.signal]);
  const events = source(signal);
  // An error of the check counts as not authorised.
  const endUnlessAllowed = async () => {
    if (!(await isStillAuthorized(request).catch(() => false))) gone.abort();
  };
  let stop = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      const keepAlive = setInterval(() => controller.enqueue(encode(':\n\n')), KEEP_ALIVE_MS);
      const asking = setInterval(() => void endUnlessAllowed(), ASK_AGAIN_MS);
      stop = () => {
        clearInterval(keepAlive);
        clearInterval(asking);
        // Errors of a source that is being stopped are ignored.
        events.return(undefined).catch(() => {});
      };
      signal.addEventListener('abort', stop, { once: true });
    },
    async pull(controller) {
      try {
        const { done, value } = await events.next();
        if (done !== true) await endUnlessAllowed();
        if (done !== true && !signal.aborted) {
          controller.enqueue(encode(`event: ${value.event}\ndata: ${JSON.stringify(value.data)}\n\n`));
          return;
        }
        close(controller);
      } catch (error) {
        if (signal.aborted) close(controller);
        else controller.error(error);
      }
      stop();
    },
    cancel() {
      gone.abort();
    },
  });
  return new Response(stream, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' },
  });
}

const encoder = new TextEncoder();
const encode = (text: string) => encoder.encode(text);

/** Closing a stream that the browser has cancelled throws, and is ignored. */
function close(controller: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    controller.close();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
