import 'server-only';
import { isStillAuthorized } from './context.ts';

export interface ServerSentEvent {
  readonly event: string;
  /** Sent as JSON. */
  readonly data: unknown;
}

/** Proxies close a silent connection after a minute or so; a comment line keeps it (HTML standard, section 9.2.7). */
const KEEP_ALIVE_MS = 20_000;

/** How often a silent stream asks whether who opened it may still come in, milliseconds. */
const ASK_AGAIN_MS = 3000;
/**
 * Streams events until the source ends, the browser goes away, or the account, the session or the token ends with which the stream was
 * opened; the latter two abort the signal that `source` is given. The next event is asked for once the browser took the one before, so that
 * a source can send what changed meanwhile as one.
 */
export function sseResponse(request: Request, source: (signal: AbortSignal) => AsyncGenerator<ServerSentEvent>): Response {
  const gone = new AbortController();
  const signal = AbortSignal.any([request.signal, gone.signal]);
  const events = source(signal);
  // What can't be found out counts as no.
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
        // Nobody reads an error of a source that is being stopped.
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

/** A stream that the browser has cancelled is closed already. */
function close(controller: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    controller.close();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
