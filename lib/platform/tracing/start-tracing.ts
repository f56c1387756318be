import type { Env } from '#lib/platform/config/env.ts';
import type { Log } from '#lib/platform/log.ts';
import { setTracer } from './span.ts';

export interface Tracing {
  /** Sends what is left, for a moment, and ends the traces of this process. */
  stop(): Promise<void>;
}

/** The variables of OpenTelemetry that decide whether and where spans are sent; its packages read the others themselves. */
export type TracingSettings = Pick<
  Env,
  | 'OTEL_SDK_DISABLED'
  | 'OTEL_TRACES_EXPORTER'
  | 'OTEL_EXPORTER_OTLP_ENDPOINT'
  | 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
  | 'OTEL_EXPORTER_OTLP_PROTOCOL'
  | 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'
>;

/**
 * Starts to export the spans of this process where the environment names an endpoint. Without one, no package of OpenTelemetry is loaded.
 * An endpoint that is away costs nothing but the spans: the log says so once, and again after spans were received in between.
 * @param service `service.name` unless OTEL_SERVICE_NAME is set.
 */
export async function startTracing(
  service: 'entrada-web' | 'entrada-worker' | 'entrada-gateway',
  settings: TracingSettings,
  log: Log,
): Promise<Tracing> {
  const url = endpointOf(settings);
  if (url === null) return { stop: async () => undefined };
  const protocol = settings.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? settings.OTEL_EXPORTER_OTLP_PROTOCOL;
  if (protocol !== undefined && protocol !== 'http/json')
    log.warn({ protocol }, 'traces are sent as http/json, whatever OTEL_EXPORTER_OTLP_PROTOCOL says');
  const { openTracer } = await import('./otel.ts');
  const { tracer, stop } = openTracer({ service, url, log });
  setTracer(tracer);
  return {
    async stop() {
      setTracer(null);
      await stop();
    },
  };
}

/** Specification "OpenTelemetry Protocol Exporter": the general endpoint is a base, the one of traces is taken as it is. */
function endpointOf(settings: TracingSettings): string | null {
  if (settings.OTEL_SDK_DISABLED || settings.OTEL_TRACES_EXPORTER === 'none') return null;
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own, OTEL_EXPORTER_OTLP_ENDPOINT: base } = settings;
  if (own !== undefined) return own;
  return base === undefined ? null : `${base.replace(/\/+$/, '')}/v1/traces`;
}
