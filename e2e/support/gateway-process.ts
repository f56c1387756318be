import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Product } from './product.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A data gateway beside a product, on a data folder of its own. */
export interface GatewayProcess {
  output(): string;
  stop(): Promise<void>;
}

interface RuntimeInfo {
  readonly landingUrl: string;
  readonly extraClouds: string;
}

function runtimeInfo(app: Product): RuntimeInfo {
  return JSON.parse(readFileSync(join(app.dataDir, 'runtime.json'), 'utf8')) as RuntimeInfo;
}

/** Where a gateway process is, unless it is beside the product. */
export interface GatewaySurroundings {
  /** Command line that starts it, `ip netns exec NAME`. */
  readonly inside?: readonly string[];
  /** Settings besides those of a gateway that reaches the demo tenant and databases of this machine. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** As its page says to start it. It may reach the demo tenant and databases of this machine. */
export function startGatewayProcess(
  app: Product,
  name: string,
  key: string,
  { inside = [], settings = {} }: GatewaySurroundings = {},
): GatewayProcess {
  const keyFile = join(app.dataDir, `${name}.key`);
  writeFileSync(keyFile, key, { mode: 0o600 });
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', join(ROOT, 'bin/entrada.ts')];
  const [program = '', ...rest] = [...inside, ...node, 'gateway', '--server', app.baseUrl, '--key-file', keyFile];
  const child = spawn(program, rest, {
    cwd: ROOT,
    env: {
      NODE_ENV: 'production',
      ...app.env,
      // The web server of the product has this port.
      ENTRADA_METRICS_PORT: '',
      ENTRADA_DATA_DIR: join(app.dataDir, `${name}-none`),
      ENTRADA_GATEWAY_DATA_DIR: join(app.dataDir, name),
      ENTRADA_EXTRA_CLOUDS: runtimeInfo(app).extraClouds,
      ENTRADA_TARGET_NETWORKS: '127.0.0.0/8',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  return { output: () => said, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
}

/** The landing database as a target of a person would name it, by the role that owns its schemas. */
export function landingAsTarget(app: Product): { readonly settings: object; readonly secrets: object } {
  const url = new URL(runtimeInfo(app).landingUrl);
  return {
    settings: {
      ...{ host: url.hostname, port: Number(url.port), database: url.pathname.slice(1), user: url.username },
      ...{ tls: 'disable', caPem: '' },
    },
    secrets: { password: decodeURIComponent(url.password) },
  };
}
