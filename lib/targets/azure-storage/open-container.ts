import type { ContainerClient } from '@azure/storage-blob';
import { requireEndpoint, requireIdentityHost } from '#lib/targets/endpoint.ts';
import type { LakeStore } from '#lib/targets/lake/lake-store.ts';
import { joinKey } from '#lib/targets/lake/store-settings.ts';
import { type AzureStorageTarget, authorityOf, endpointOf, locationOf, uriOf } from './addresses.ts';
import { requireValidSas } from './sas.ts';

/** Opens folders of a container, which share one client. */
export function openerOf(target: AzureStorageTarget): (...names: readonly string[]) => Promise<LakeStore> {
  let container: ContainerClient | null = null;
  return async (...names) => {
    const { settings, secrets, rules } = target;
    const endpoint = endpointOf(settings);
    await requireEndpoint(endpoint, rules);
    if (settings.signIn === 'managed-identity') requireIdentityHost(endpoint.hostname, rules);
    if (settings.signIn.startsWith('client-')) await requireEndpoint(authorityOf(settings), rules);
    if (settings.signIn === 'sas') requireValidSas(secrets.sas, new Date());
    // Imported at first use: the web process may never access a container.
    const [{ createBlobStore }, { createContainer }] = await Promise.all([
      import('./blob-store.ts'),
      import('./container-client.ts'),
    ]);
    container ??= createContainer(target);
    const prefix = joinKey(settings.prefix, ...names);
    return createBlobStore({ container, location: locationOf(settings, ...names), uri: uriOf(settings, prefix), prefix });
  };
}
