import { readFileSync, writeFileSync } from 'node:fs';
import type { EmulatorInfo } from '#lib/emulator/info.ts';
import type { DataDir } from '#lib/platform/data-dir.ts';
import { type Env, proxyOf } from '#lib/platform/env.ts';
import type { ChildSpec } from './supervisor.ts';

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

/** Hosts, trust and the values for "Try the demo tenant": all that the product is told of it. */
export function demoEnv(settings: Env, dataDir: Pick<DataDir, 'file'>, demo: DemoInfo | null) {
  const clouds = [...settings.ENTRADA_EXTRA_CLOUDS];
  if (demo === null) {
    return {
      ENTRADA_EXTRA_CLOUDS: JSON.stringify(clouds),
      ...(settings.ENTRADA_EXTRA_CA_FILE === undefined ? {} : { ENTRADA_EXTRA_CA_FILE: settings.ENTRADA_EXTRA_CA_FILE }),
    };
  }
  clouds.push({
    name: 'Demo tenant',
    graphOrigin: new URL(demo.graphBaseUrl).origin,
    authorityOrigin: demo.authority,
    signInOrigin: new URL(demo.adminUrl).origin,
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
    ENTRADA_EXTRA_CA_FILE:
      settings.ENTRADA_EXTRA_CA_FILE === undefined ? demo.caFile : bothCas(settings.ENTRADA_EXTRA_CA_FILE, demo, dataDir),
    ENTRADA_DEMO_CONNECTION: JSON.stringify(connection),
    ...pastProxy(settings, demo),
  };
}

/** The demo tenant is on this machine: it is asked past the proxy. Both spellings are known, so both are set. */
function pastProxy(settings: Env, { graphBaseUrl }: DemoInfo) {
  if (proxyOf(settings) === null) return {};
  const noProxy = [settings.NO_PROXY, new URL(graphBaseUrl).host].filter((entry) => entry !== undefined).join(',');
  return { NO_PROXY: noProxy, no_proxy: noProxy };
}

/** The operator's CA and the demo tenant's in one file. */
function bothCas(operatorFile: string, demo: DemoInfo, dataDir: Pick<DataDir, 'file'>): string {
  const file = dataDir.file('demo', 'ca-bundle.pem');
  writeFileSync(file, `${readFileSync(operatorFile, 'utf8')}\n${readFileSync(demo.caFile, 'utf8')}`);
  return file;
}
