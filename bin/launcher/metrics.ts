import type { Registry } from 'prom-client';
import type { Env } from '#lib/platform/config/env.ts';
import { serveMetrics } from '#lib/platform/metrics/serve-metrics.ts';

/** Serves the metrics of this process where ENTRADA_METRICS_PORT is set. Logs a port that is in use, without ending the process. */
export async function openMetrics(
  registry: Registry,
  settings: Pick<Env, 'ENTRADA_METRICS_PORT' | 'ENTRADA_METRICS_HOST'>,
): Promise<void> {
  const { ENTRADA_METRICS_PORT: port, ENTRADA_METRICS_HOST: host } = settings;
  if (port === undefined) return;
  try {
    await serveMetrics(registry, { host, port });
  } catch (error) {
    console.error(`Entrada cannot serve metrics on ${host}:${port} (ENTRADA_METRICS_PORT): ${(error as Error).message}`);
  }
}

/** Ports of the parts of `npm start`: the web server has ENTRADA_METRICS_PORT, worker n that plus n. */
export function metricsEnv({ ENTRADA_METRICS_PORT: port }: Pick<Env, 'ENTRADA_METRICS_PORT'>, part: number) {
  return port === undefined ? {} : { ENTRADA_METRICS_PORT: String(port + part) };
}
