import { AppError } from '#lib/platform/errors.ts';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A unit of work in a trace. */
export interface Span {
  set(attributes: SpanAttributes): void;
  /** Marks it as failed. @param type a short class of errors, e.g. a problem code; never a message, which may name people. */
  fail(type: string): void;
}

export interface SpanOptions {
  readonly kind?: 'internal' | 'client' | 'server' | 'consumer';
  readonly attributes?: SpanAttributes;
  /** The span of another process that caused this one, as W3C `traceparent`; without it the parent is the span that is current here. */
  readonly parent?: string | undefined;
}

/** What records spans. The only implementation is otel.ts, which is loaded only where traces are exported. */
export interface Tracer {
  /** Calls `work` in a new span, which is the parent of spans that begin meanwhile. */
  run<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>;
  /** The current span as W3C `traceparent`, for another process; null outside of spans. */
  traceparent(): string | null;
}

const NO_SPAN: Span = { set: () => undefined, fail: () => undefined };

let tracer: Tracer | null = null;

/** From now on spans of this process go to `next`; null ends that. */
export function setTracer(next: Tracer | null): void {
  tracer = next;
}

/** Whether spans are recorded: what only a span needs is computed only then. */
export function isTraced(): boolean {
  return tracer !== null;
}

/**
 * Calls `work` in a span, which ends with it. Without a tracer it only calls `work`. An error that `work` throws marks the span with its
 * problem code, and is thrown on.
 */
export async function inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T> {
  if (tracer === null) return work(NO_SPAN);
  return tracer.run(name, options, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.fail(error instanceof AppError ? error.code : 'internal');
      throw error;
    }
  });
}

/** The current span for another process, as W3C `traceparent`; null where nothing is traced. */
export function currentTraceparent(): string | null {
  return tracer?.traceparent() ?? null;
}
