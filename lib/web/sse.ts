import 'server-only';

export interface ServerSentEvent {
  readonly event: string;
  /** Sent as JSON. */
  readonly data: unknown;
}

/** Proxies close a silent connection after a minute or so; a comment line keeps it (HTML standard, section 9.2.7). */
const KEEP_ALIVE_MS = 20_000;

/** Streams events until the source ends or the browser goes away, which aborts the signal that `source` is given. */
export function sseResponse(request: Request, source: (signal: AbortSignal) => AsyncIterable<ServerSentEvent>): Response {
  const gone = new AbortController();
  const signal = AbortSignal.any([request.signal, gone.signal]);
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const keepAlive = setInterval(() => controller.enqueue(encoder.encode(':\n\n')), KEEP_ALIVE_MS);
      signal.addEventListener('abort', () => clearInterval(keepAlive), { once: true });
      try {
        for await (const { event, data } of source(signal)) {
          if (signal.aborted) break;
          controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
        }
        if (!signal.aborted) controller.close();
      } catch (error) {
        if (!signal.aborted) controller.error(error);
      } finally {
        clearInterval(keepAlive);
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
