import type { EmulatorInfo } from '#lib/emulator/info.ts';
import type { DataDir } from '#lib/platform/config/data-dir.ts';
import { type Env, proxyOf } from '#lib/platform/config/env.ts';
import type { ChildSpec } from './process/supervisor.ts';

export type DemoInfo = EmulatorInfo;

/** Folder of the demo tenant's state in the data folder. */
export function demoDir(dataDir: Pick<DataDir, 'file'>): string {
  return dataDir.file('demo');
}

export function demoChild(settings: Env, dataDir: DataDir): ChildSpec {
  return {
    name: 'demo tenant',
    command: ['emulator', 'start'],
    env: { ENTRADA_DATA_DIR: dataDir.path, ENTRADA_URL: settings.baseUrl },
    stopWithinMs: 5_000,
  };
}

/** Environment variables with the hosts, trusted CA and connection values of the demo tenant. */
export function demoEnv(settings: Env, demo: DemoInfo | null) {
  const clouds = [...settings.ENTRADA_EXTRA_CLOUDS];
  const caFile = settings.ENTRADA_EXTRA_CA_FILE;
  const operatorCa = caFile === undefined ? {} : { ENTRADA_EXTRA_CA_FILE: caFile };
  if (demo === null) {
    return { ENTRADA_EXTRA_CLOUDS: JSON.stringify(clouds), ...operatorCa };
  }
  clouds.push({
    name: 'Demo tenant',
    graphOrigin: new URL(demo.graphBaseUrl).origin,
    authorityOrigin: demo.authority,
    signInOrigin: new URL(demo.adminUrl).origin,
    caFile: demo.caFile,
  });
  const [first] = demo.users;
  const connection = {
    clientId: demo.clientId,
    clientSecret: demo.clientSecret,
    graphBaseUrl: demo.graphBaseUrl,
    tenant: demo.tenantDomain,
    username: first?.username ?? '',
    password: demo.password,
  };
  return {
    ENTRADA_EXTRA_CLOUDS: JSON.stringify(clouds),
    ...operatorCa,
    ENTRADA_DEMO_CONNECTION: JSON.stringify(connection),
    ...pastProxy(settings, demo),
  };
}

/** The demo tenant is on this machine, so requests to it bypass the proxy. Sets both spellings of the variable. */
function pastProxy(settings: Env, { graphBaseUrl }: DemoInfo) {
  if (proxyOf(settings) === null) return {};
  const noProxy = [settings.NO_PROXY, new URL(graphBaseUrl).host].filter((entry) => entry !== undefined).join(',');
  return { NO_PROXY: noProxy, no_proxy: noProxy };
}
