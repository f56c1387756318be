import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import next from 'next';
import { env } from '#lib/platform/env.ts';
import { runUntilStopped } from '../launcher/child.ts';
import { ROOT } from '../launcher/root.ts';

/** Requests that are still open when it stops (progress streams among them) are given this long, milliseconds. */
const DRAIN_MS = 1000;

/** The web server: pages, actions and API. Listens on PORT. */
export async function web(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { dev: { type: 'boolean', default: false } } });
  const { PORT: port } = env();
  process.env['NEXT_TELEMETRY_DISABLED'] = '1';
  Object.assign(process.env, { NODE_ENV: values.dev ? 'development' : 'production' });
  const app = next({ dev: values.dev, dir: ROOT, hostname: 'localhost', port });
  await app.prepare();
  const handle = app.getRequestHandler();
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(port, done);
  });
  return runUntilStopped(undefined, async () => {
    const closed = new Promise((done) => server.close(done));
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    await closed;
    clearTimeout(timer);
  });
}
