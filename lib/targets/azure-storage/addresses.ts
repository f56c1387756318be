import { joinKey } from '#lib/targets/lake/store-settings.ts';
import type { OpenedTarget } from '#lib/targets/target.ts';
import type { AzureStorageSecrets, AzureStorageSettings } from './settings.ts';

export type AzureStorageTarget = OpenedTarget<AzureStorageSettings, AzureStorageSecrets>;

const AUTHORITY = 'https://login.microsoftonline.com';

/** The Blob endpoint, also for an entered Data Lake endpoint: both have the same files. */
export function endpointOf({ endpoint }: Pick<AzureStorageSettings, 'endpoint'>): URL {
  const url = new URL(endpoint);
  url.hostname = url.hostname.replace(/^([^.]+)\.dfs\./, '$1.blob.');
  return url;
}

export function locationOf({ endpoint, container, prefix }: AzureStorageSettings, ...names: readonly string[]): string {
  return joinKey(endpointOf({ endpoint }).href.replace(/\/$/, ''), container, prefix, ...names);
}

/** The URI in the form of Hadoop's ABFS driver, which Spark, Fabric and others use. */
export function uriOf(settings: AzureStorageSettings, prefix: string): string {
  const { host, pathname } = endpointOf(settings);
  const account = joinKey(host.replace(/^([^.]+)\.blob\./, '$1.dfs.'), pathname.replace(/^\/|\/$/g, ''));
  return joinKey(`abfss://${encodeURIComponent(settings.container)}@${account}`, encodeURI(prefix));
}

export function authorityOf({ authority }: AzureStorageSettings): URL {
  return new URL(authority === '' ? AUTHORITY : authority);
}
