import { createServer } from 'node:http';
import type { Registry } from 'prom-client';

export interface MetricsListener {
  /** Port that it listens on. */
  readonly port: number;
  stop(): void;
}

/**
 * Answers `GET /metrics` in the text format of Prometheus, on a listener of its own: the public address never has it.
 * @throws the error of `listen`, e.g. EADDRINUSE.
 */
export async function serveMetrics(
  registry: Registry,
  at: { readonly host: string; readonly port: number },
): Promise<MetricsListener> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(at.port, at.host, done);
  });
  server.unref();
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : at.port,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
