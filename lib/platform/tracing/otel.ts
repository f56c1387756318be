import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Context, ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Log } from '#lib/platform/log.ts';
import { ENTRADA_VERSION } from '#lib/platform/version.ts';
import type { SpanOptions, Tracer } from './span.ts';

const KINDS = {
  internal: SpanKind.INTERNAL,
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
  consumer: SpanKind.CONSUMER,
} as const satisfies Record<NonNullable<SpanOptions['kind']>, SpanKind>;

/** `ExportResultCode.SUCCESS` of @opentelemetry/core. */
const EXPORTED = 0;

/** Time for the last spans at a stop, milliseconds: the process that stops has other things to end as well. */
const STOP_MS = 2000;

/**
 * Spans by the packages of OpenTelemetry, sent to `url` in batches. Nothing is registered globally: libraries that would trace by themselves (Next.js
 * with whole URLs, which may hold sign-in codes) find no tracer.
 */
export function openTracer({ service, url, log }: { readonly service: string; readonly url: string; readonly log: Log }): {
  readonly tracer: Tracer;
  readonly stop: () => Promise<void>;
} {
  const resource = resourceFromAttributes({
    'service.name': service,
    'service.version': ENTRADA_VERSION,
    'service.instance.id': randomUUID(),
    'host.name': hostname(),
    'process.pid': process.pid,
  }).merge(detectResources({ detectors: [envDetector] }));
  const outage = outageOf(log, new URL(url).origin);
  const exporter = reporting(new OTLPTraceExporter({ url }), outage);
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(exporter)] });
  const spans = provider.getTracer('entrada', ENTRADA_VERSION);
  const current = new AsyncLocalStorage<Context>();
  const tracer: Tracer = {
    async run(name, { kind = 'internal', attributes = {}, parent }, work) {
      const context = contextOf(parent) ?? current.getStore() ?? ROOT_CONTEXT;
      const span = spans.startSpan(name, { kind: KINDS[kind], attributes }, context);
      try {
        return await current.run(trace.setSpan(context, span), () =>
          work({
            set: (more) => void span.setAttributes(more),
            fail(type) {
              span.setAttribute('error.type', type);
              span.setStatus({ code: SpanStatusCode.ERROR });
            },
          }),
        );
      } finally {
        span.end();
      }
    },
    traceparent() {
      const of = trace.getSpanContext(current.getStore() ?? ROOT_CONTEXT);
      return of === undefined ? null : `00-${of.traceId}-${of.spanId}-${of.traceFlags.toString(16).padStart(2, '0')}`;
    },
  };
  return {
    tracer,
    async stop() {
      const over = new Promise<string>((done) => setTimeout(done, STOP_MS, 'no answer at the stop of the process').unref());
      const problem = await Promise.race([provider.shutdown().then(() => null, String), over]);
      if (problem !== null) outage.begins(problem);
    },
  };
}

/** W3C Trace Context, section 3.2; null for what is not one. */
function contextOf(traceparent: string | undefined): Context | null {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  const remote: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, remote);
}

interface Outage {
  begins(error: string | undefined): void;
  ends(): void;
}

/** One line in the log for each time that the receiver is away. */
function outageOf(log: Log, at: string): Outage {
  let isAway = false;
  return {
    begins(error) {
      if (!isAway) log.warn({ at, error }, 'traces could not be sent; work goes on without them');
      isAway = true;
    },
    ends() {
      isAway = false;
    },
  };
}

/** The same exporter, which says whether its receiver is there. */
function reporting(exporter: SpanExporter, outage: Outage): SpanExporter {
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code === EXPORTED) outage.ends();
        else outage.begins(result.error?.message);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}
