import 'server-only';
import { mayStillCome } from './context.ts';

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
 * opened; the latter two abort the signal that `source` is given.
 */
export function sseResponse(request: Request, source: (signal: AbortSignal) => AsyncIterable<ServerSentEvent>): Response {
  const gone = new AbortController();
  const signal = AbortSignal.any([request.signal, gone.signal]);
  const encoder = new TextEncoder();
  // What can't be found out counts as no.
  const endUnlessAllowed = async () => {
    if (!(await mayStillCome(request).catch(() => false))) gone.abort();
  };
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const keepAlive = setInterval(() => controller.enqueue(encoder.encode(':\n\n')), KEEP_ALIVE_MS);
      const asking = setInterval(() => void endUnlessAllowed(), ASK_AGAIN_MS);
      const stopTimers = () => {
        clearInterval(keepAlive);
        clearInterval(asking);
      };
      signal.addEventListener('abort', stopTimers, { once: true });
      try {
        for await (const { event, data } of source(signal)) {
          await endUnlessAllowed();
          if (signal.aborted) break;
          controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
        }
        close(controller);
      } catch (error) {
        if (signal.aborted) close(controller);
        else controller.error(error);
      } finally {
        stopTimers();
      }
    },
    cancel() {
      gone.abort();
    },
  });
  return new Response(stream, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' },
  });
}

/** A stream that the browser has cancelled is closed already. */
function close(controller: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    controller.close();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}
