import {
  AnonymousCredential,
  BlobServiceClient,
  type ContainerClient,
  newPipeline,
  type StoragePipelineOptions,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { type EndpointAgents, endpointAgents } from '#lib/targets/endpoint.ts';
import { createEntraCredential, withAgent } from '#lib/targets/entra-credential.ts';
import { type AzureStorageTarget, authorityOf, endpointOf } from './addresses.ts';

const RETRIES = { maxTries: 5, retryDelayInMs: 400, maxRetryDelayInMs: 10_000, tryTimeoutInMs: 120_000 };

/** The container of a target, signed in according to its settings; connects only to addresses that targets may reach. */
export function createContainer(target: AzureStorageTarget): ContainerClient {
  const { settings, secrets, rules } = target;
  const agents = endpointAgents(rules);
  const options: StoragePipelineOptions = { retryOptions: RETRIES, userAgentOptions: { userAgentPrefix: 'Entrada' } };
  const endpoint = endpointOf(settings);
  const query = settings.signIn === 'sas' ? `?${secrets.sas}` : '';
  const pipeline = newPipeline(credentialOf(target, endpoint, agents), options);
  pipeline.factories.push({ create: (next) => ({ sendRequest: (request) => next.sendRequest(withAgent(request, agents)) }) });
  return new BlobServiceClient(`${endpoint.href.replace(/\/$/, '')}${query}`, pipeline).getContainerClient(settings.container);
}

function credentialOf({ settings, secrets }: AzureStorageTarget, endpoint: URL, agents: EndpointAgents) {
  const { signIn, tenantId, clientId } = settings;
  switch (signIn) {
    case 'account-key':
      return new StorageSharedKeyCredential(accountOf(endpoint), secrets.accountKey);
    case 'sas':
      return new AnonymousCredential();
    default: {
      const identity = { signIn, tenantId, clientId, authority: authorityOf(settings), ownAuthority: settings.authority !== '' };
      return createEntraCredential({ ...identity, ...secrets }, agents);
    }
  }
}

/** The first part of the host name, or of the path where the host is an IP address (Azurite). */
function accountOf({ hostname, pathname }: URL): string {
  return pathname.split('/')[1] || (hostname.split('.')[0] ?? '');
}
