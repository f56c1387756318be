import { createServer, type RequestListener, type Server } from 'node:http';
import { parseArgs } from 'node:util';
import next from 'next';
import { env } from '#lib/platform/config/env.ts';
import { isLoopbackHost } from '#lib/platform/http/addresses.ts';
import { createLog } from '#lib/platform/log.ts';
import { countRequests, createAnswerMetrics, createEndedRuns, createRegistry } from '#lib/platform/metrics/metrics.ts';
import { startTracing } from '#lib/platform/tracing/start-tracing.ts';
import { openMetrics } from '../launcher/metrics.ts';
import { runUntilStopped } from '../launcher/process/child.ts';
import { ROOT } from '../launcher/root.ts';
import { inAnswerSpan } from '../launcher/web/answer-span.ts';
import { provideComposition } from '../launcher/web/compose.ts';
import { createAddressReader, refusalOf, refuse } from '../launcher/web/incoming.ts';
import { setWebHeaders } from '../launcher/web/web-headers.ts';

/** Time for open requests (including event streams) to end at a stop, milliseconds. */
const DRAIN_MS = 1000;

/** Both loopback addresses: `localhost` means either. */
const LOOPBACK = ['127.0.0.1', '::1'];

/** The web server: pages, actions and API. Listens on PORT, by default only on loopback (ENTRADA_HOST). */
export async function web(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { dev: { type: 'boolean', default: false } } });
  const settings = env();
  const { PORT: port, ENTRADA_HOST: host } = settings;
  const addressOf = createAddressReader(settings.ENTRADA_TRUSTED_PROXIES);
  warnIfOpen(host, settings.baseUrl);
  const registry = createRegistry('web');
  provideComposition(settings, { onRunEnded: createEndedRuns(registry) });
  process.env['NEXT_TELEMETRY_DISABLED'] = '1';
  Object.assign(process.env, { NODE_ENV: values.dev ? 'development' : 'production' });
  const app = next({ dev: values.dev, dir: ROOT, hostname: 'localhost', port });
  await app.prepare();
  const handle = app.getRequestHandler();
  const issuer = settings.AUTH_MICROSOFT_ENTRA_ID_ISSUER;
  const signInOrigin = issuer === undefined ? null : new URL(issuer).origin;
  const tracing = await startTracing('entrada-web', settings, createLog('web', settings.ENTRADA_LOG_LEVEL));
  const countAnswer = createAnswerMetrics(registry);
  countRequests(registry);
  await openMetrics(registry, settings);
  const answer: RequestListener = (request, response) => {
    response.once('finish', () => countAnswer(request.method ?? '', response.statusCode));
    setWebHeaders(request, response, { baseUrl: settings.baseUrl, dev: values.dev, signInOrigin });
    const refusal = refusalOf(request);
    if (refusal !== null) return refuse(response, refusal);
    // Replaces the header of the client: sign-in attempts are counted by this address.
    request.headers['x-forwarded-for'] = addressOf(request.socket.remoteAddress, request.headers['x-forwarded-for']);
    inAnswerSpan(request, response, () => handle(request, response)).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  };
  const servers = await listenAll(host === undefined ? LOOPBACK : [host], port, answer);
  return runUntilStopped(undefined, async () => {
    const closed = Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    for (const server of servers) server.closeIdleConnections();
    const timer = setTimeout(() => {
      for (const server of servers) server.closeAllConnections();
    }, DRAIN_MS);
    await closed;
    clearTimeout(timer);
    await tracing.stop();
  });
}

/** One server per address. Skips an address that this machine lacks (IPv6 may be off), as long as one remains. */
async function listenAll(hosts: readonly string[], port: number, answer: RequestListener): Promise<Server[]> {
  const servers: Server[] = [];
  for (const host of hosts) {
    const server = createServer(answer);
    try {
      await new Promise<void>((done, fail) => {
        server.once('error', fail);
        server.listen(port, host, done);
      });
      servers.push(server);
    } catch (error) {
      const isMissing = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (!isMissing || (servers.length === 0 && host === hosts.at(-1))) throw error;
    }
  }
  return servers;
}

/** Warns that passwords and session cookies are sent in clear text without TLS. */
function warnIfOpen(host: string | undefined, baseUrl: string): void {
  if (host === undefined || isLoopbackHost(host) || baseUrl.startsWith('https:')) return;
  console.error(
    `Warning: ENTRADA_HOST=${host} opens Entrada to the network, but ENTRADA_URL (${baseUrl}) is not https, so passwords are sent unencrypted. Put a reverse proxy with TLS in front of Entrada and set ENTRADA_URL (docs/operating.md).`,
  );
}
