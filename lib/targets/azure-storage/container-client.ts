import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { ClientCertificateCredential, ClientSecretCredential, ManagedIdentityCredential } from '@azure/identity';
import {
  AnonymousCredential,
  BlobServiceClient,
  type ContainerClient,
  newPipeline,
  type StoragePipelineOptions,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { type EndpointAgents, endpointAgents } from '#lib/targets/endpoint.ts';
import { type AzureStorageTarget, authorityOf, endpointOf } from './addresses.ts';

const RETRIES = { maxTries: 5, retryDelayInMs: 400, maxRetryDelayInMs: 10_000, tryTimeoutInMs: 120_000 };

/** The container of a target, signed in according to its settings; connects only to addresses that targets may reach. */
export function createContainer(target: AzureStorageTarget): ContainerClient {
  const { settings, secrets, rules } = target;
  const agents = endpointAgents(rules);
  const options: StoragePipelineOptions = { retryOptions: RETRIES, userAgentOptions: { userAgentPrefix: 'Entrada' } };
  const endpoint = endpointOf(settings);
  const query = settings.signIn === 'sas' ? `?${secrets.sas}` : '';
  const pipeline = newPipeline(credentialOf(target, endpoint, identityClient(agents)), options);
  pipeline.factories.push({ create: (next) => ({ sendRequest: (request) => next.sendRequest(withAgent(request, agents)) }) });
  return new BlobServiceClient(`${endpoint.href.replace(/\/$/, '')}${query}`, pipeline).getContainerClient(settings.container);
}

function credentialOf({ settings, secrets }: AzureStorageTarget, endpoint: URL, httpClient: HttpClient) {
  const { tenantId, clientId } = settings;
  const options = { httpClient, authorityHost: authorityOf(settings).origin };
  switch (settings.signIn) {
    case 'account-key':
      return new StorageSharedKeyCredential(accountOf(endpoint), secrets.accountKey);
    case 'sas':
      return new AnonymousCredential();
    case 'client-secret':
      return new ClientSecretCredential(tenantId, clientId, secrets.clientSecret, options);
    case 'client-certificate':
      return new ClientCertificateCredential(tenantId, clientId, { certificate: secrets.certificatePem }, options);
    // Its token comes from an address of this machine, which no target uses.
    case 'managed-identity':
      return new ManagedIdentityCredential(clientId === '' ? {} : { clientId });
  }
}

/** The first part of the host name, or of the path where the host is an IP address (Azurite). */
function accountOf({ hostname, pathname }: URL): string {
  return pathname.split('/')[1] || (hostname.split('.')[0] ?? '');
}

/** Client for requests to the authority. */
function identityClient(agents: EndpointAgents): HttpClient {
  const inner = createDefaultHttpClient();
  return { sendRequest: (request) => inner.sendRequest(withAgent(request, agents)) };
}

function withAgent<Request extends { readonly url: string; agent?: unknown }>(request: Request, agents: EndpointAgents): Request {
  request.agent = request.url.startsWith('http:') ? agents.httpAgent : agents.httpsAgent;
  return request;
}
