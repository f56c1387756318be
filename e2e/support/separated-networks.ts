import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { EmulatorInfo } from '#lib/emulator/info.ts';
import type { Caller } from '#lib/gateway/testing/networks/callers.ts';
import { DATABASE_PORT } from '#lib/gateway/testing/networks/database-forward.ts';
import type { FarQuestion } from '#lib/gateway/testing/networks/far-child.ts';
import { createNetworkNamespaces, type NetworkNamespaces } from '#lib/gateway/testing/networks/network-namespaces.ts';
import { type NetworkProgram, startNetworkProgram } from '#lib/gateway/testing/networks/network-program.ts';
import type { OwnPostgres } from '#lib/gateway/testing/networks/postgres-child.ts';
import { test as base, expectQuiet } from './fixtures.ts';
import { type Product, startProduct } from './product.ts';

/**
 * `server`: web, worker and their database. `person`: the browser, which reaches the server, and the sign-in page of the tenant. `middle`:
 * reaches server and tenant. `far`: tenant and a PostgreSQL. `inner`: reaches `middle` alone, with a PostgreSQL.
 */
export type Place = 'server' | 'person' | 'middle' | 'far' | 'inner';

export const PROXY = { user: 'kim', password: 'p@ss word' } as const;
const PROXY_PORT = 3128;

export interface Site {
  readonly networks: NetworkNamespaces<Place>;
  /** Addresses by who is reached there. */
  readonly at: Readonly<Record<'server' | 'tenant' | 'innerDatabase', string>>;
  /** Of the product. */
  readonly settings: Readonly<Record<string, string>>;
  readonly info: EmulatorInfo;
  readonly tenantPort: number;
  /** The PostgreSQL that is reached in `far` and `inner`. */
  readonly database: OwnPostgres;
  /** Program that starts the browser where the person is. */
  readonly browser: string;
  /** File with the authorities of the server's and the tenant's certificates. */
  readonly caFile: string;
  /** The proxy in `middle`, with these credentials or none. */
  proxyUrl(credentials: { readonly user: string; readonly password: string } | null): string;
  /** Hosts that the proxy opened tunnels to. */
  tunnels(): Promise<readonly string[]>;
  tenant<T>(what: FarQuestion['what']): Promise<T>;
  /** Who connected to the PostgreSQL in `inner`. */
  innerCallers(): Promise<readonly Caller[]>;
  /** Puts TLS before the product; its authority counts in `caFile` from then on. */
  putTlsBefore(app: Product): Promise<void>;
}

/** Playwright's `test` with a product that reaches neither its tenant nor its targets. Requests of `page.request` don't reach it: they don't come from the browser. */
export const test = base.extend<object, { readonly site: Site }>({
  site: [
    async ({ settings, launchOptions, playwright }, use) => {
      const undo: (() => unknown)[] = [];
      try {
        const browser = launchOptions.executablePath ?? playwright.chromium.executablePath();
        await use(await openSite({ settings, browser }, undo));
      } finally {
        await takeDown(undo);
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  browser: [
    async ({ site, playwright, launchOptions }, use) => {
      const browser = await playwright.chromium.launch({ ...launchOptions, executablePath: site.browser });
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],

  app: [
    async ({ site }, use) => {
      const product = await startProduct(site.settings, site.networks.inside('server'));
      try {
        await site.putTlsBefore(product);
        const app = { ...product, emulator: async () => site.info };
        await use(app);
        await expectQuiet(app);
      } finally {
        await product.stop();
      }
    },
    { scope: 'worker', timeout: 240_000 },
  ],
});

/** Last comes first; whatever fails, nothing is left behind. */
async function takeDown(undo: readonly (() => unknown)[]): Promise<void> {
  const failed: unknown[] = [];
  for (const step of undo.toReversed()) {
    try {
      await step();
    } catch (error) {
      failed.push(error);
    }
  }
  if (failed.length > 0) throw new AggregateError(failed, 'Separated networks were not taken down.');
}

function openNetworks(): NetworkNamespaces<Place> {
  return createNetworkNamespaces<Place>(
    ['server', 'person', 'middle', 'far', 'inner'],
    [
      ['person', 'server'],
      ['person', 'far'],
      ['server', 'middle'],
      ['middle', 'far'],
      ['middle', 'inner'],
    ],
  );
}

/** Playwright starts a browser by the path of its program. */
function writeBrowserScript(path: string, command: readonly string[]): string {
  writeFileSync(path, `#!/bin/sh\nexec ${command.map((part) => `'${part}'`).join(' ')} "$@"\n`, { mode: 0o755 });
  return path;
}

/** With what is set here the server could ask the tenant and write to the targets itself, if its network let it. */
function serverSettings(at: Site['at'], info: EmulatorInfo): Readonly<Record<string, string>> {
  const { caFile, authority } = info;
  const cloud = { name: 'Plant', graphOrigin: new URL(info.graphBaseUrl).origin, authorityOrigin: authority, caFile };
  return {
    ENTRADA_URL: `https://${at.server}`,
    ENTRADA_TRUSTED_PROXIES: '127.0.0.1',
    ENTRADA_DEMO: '0',
    ENTRADA_EXTRA_CLOUDS: JSON.stringify([cloud]),
    ENTRADA_TARGET_NETWORKS: `${at.tenant}, ${at.innerDatabase}`,
  };
}

/** @param undo what takes it down again, also when it could not be opened completely. */
async function openSite(
  given: { readonly settings: Readonly<Record<string, string>>; readonly browser: string },
  undo: (() => unknown)[],
): Promise<Site> {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-networks-'));
  undo.push(() => rmSync(dir, { recursive: true, force: true }));
  // PostgreSQL runs as another user.
  chmodSync(dir, 0o755);
  const networks = openNetworks();
  undo.push(() => networks.remove());
  // One address each, by which people and the gateway know them.
  networks.addRoute('middle', 'server', 'person');
  networks.addRoute('middle', 'far', 'person');
  const start = async (file: string, place: Place, ...args: readonly string[]): Promise<NetworkProgram> => {
    const program = await startNetworkProgram(file, args, networks.inside(place));
    undo.push(() => program.stop());
    return program;
  };
  const at = {
    server: networks.address('server', 'person'),
    tenant: networks.address('far', 'person'),
    innerDatabase: networks.address('inner', 'middle'),
  };
  const proxyAddress = networks.address('middle', 'inner');
  const redirectUri = `https://${at.server}/auth/oauth/code`;
  const database = (await start('postgres-child.ts', 'far', join(dir, 'postgres'))).first as OwnPostgres;
  const far = await start('far-child.ts', 'far', at.tenant, join(dir, 'tenant'), database.socket, redirectUri);
  const inner = await start('database-child.ts', 'inner', at.innerDatabase, database.socket);
  const credentials = `${PROXY.user}:${PROXY.password}`;
  const proxy = await start('proxy-child.ts', 'middle', proxyAddress, String(PROXY_PORT), credentials);
  const { info, caPem } = far.first as { info: EmulatorInfo; caPem: string };
  const caFile = join(dir, 'ca.pem');
  return {
    settings: { ...given.settings, ...serverSettings(at, info) },
    browser: writeBrowserScript(join(dir, 'browser'), [...networks.inside('person'), given.browser]),
    ...{ networks, at, info, database, caFile, tenantPort: Number(new URL(info.authority).port) },
    proxyUrl: (person) => {
      const url = new URL(`http://${proxyAddress}:${PROXY_PORT}`);
      url.username = encodeURIComponent(person?.user ?? '');
      url.password = encodeURIComponent(person?.password ?? '');
      return url.href;
    },
    tunnels: () => proxy.ask<readonly string[]>(null),
    tenant: <T>(what: FarQuestion['what']) => far.ask<T>({ what }),
    innerCallers: () => inner.ask<readonly Caller[]>(null),
    async putTlsBefore(app) {
      const args = [at.server, join(dir, 'server-tls'), app.env['PORT'] ?? ''];
      const authority = (await start('reverse-proxy-child.ts', 'server', ...args)).first as string;
      writeFileSync(caFile, caPem + authority);
    },
  };
}

const CONNECT = `
  const [host, port] = process.argv.slice(1);
  const socket = require('node:net').connect({ host, port: Number(port) });
  const say = (word) => process.stdout.write(word, () => process.exit(0));
  socket.on('connect', () => say('connected')).on('error', ({ code }) => say(code));`;

/** What becomes of a connection that a program there opens: `connected`, or the error of the system. */
export async function connectFrom({ networks }: Site, place: Place, host: string, port: number): Promise<string> {
  const [program = '', ...rest] = [...networks.inside(place), process.execPath, '-e', CONNECT, host, String(port)];
  return (await promisify(execFile)(program, rest)).stdout;
}

export { DATABASE_PORT };
