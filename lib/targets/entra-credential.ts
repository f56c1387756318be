import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import {
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from '@azure/identity';
import type { EndpointAgents } from './endpoint.ts';

/** An application or a managed identity at Microsoft Entra ID. */
export interface EntraIdentity {
  readonly signIn: 'client-secret' | 'client-certificate' | 'managed-identity';
  readonly tenantId: string;
  /** Of a managed identity only where it is user-assigned; empty: that of the machine. */
  readonly clientId: string;
  /** Address of the sign-in: `https://login.microsoftonline.com`. */
  readonly authority: URL;
  /** Whether the authority is one that a person entered. */
  readonly ownAuthority: boolean;
  readonly clientSecret: string;
  /** Certificate and private key. */
  readonly certificatePem: string;
}

/** Gets tokens for an identity, at addresses that targets may reach. */
export function createEntraCredential(identity: EntraIdentity, agents: EndpointAgents): TokenCredential {
  const { signIn, tenantId, clientId, clientSecret, certificatePem } = identity;
  const options = {
    httpClient: identityClient(agents),
    authorityHost: identity.authority.origin,
    // Otherwise the public cloud is asked whether it knows the authority.
    disableInstanceDiscovery: identity.ownAuthority,
  };
  switch (signIn) {
    case 'client-secret':
      return new ClientSecretCredential(tenantId, clientId, clientSecret, options);
    case 'client-certificate':
      return new ClientCertificateCredential(tenantId, clientId, { certificate: certificatePem }, options);
    // Its token comes from an address of this machine, which no target uses.
    case 'managed-identity':
      return new ManagedIdentityCredential(clientId === '' ? {} : { clientId });
  }
}

/** Client for requests to the authority. */
function identityClient(agents: EndpointAgents): HttpClient {
  const inner = createDefaultHttpClient();
  return { sendRequest: (request) => inner.sendRequest(withAgent(request, agents)) };
}

/** The same request through the agents. */
export function withAgent<Request extends { readonly url: string; agent?: unknown }>(
  request: Request,
  agents: EndpointAgents,
): Request {
  request.agent = request.url.startsWith('http:') ? agents.httpAgent : agents.httpsAgent;
  return request;
}
