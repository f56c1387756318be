import type { EntraContext, TenantSegment } from '#lib/emulator/entra/context.ts';
import { publicJwk } from '#lib/emulator/entra/token/jwt.ts';

/**
 * The OpenID configuration of a tenant. Endpoints with pages are where people can open them (`Origins.pages`);
 * the others use TLS. For /common and /organizations the issuer contains the literal `{tenantid}`, as in Entra.
 * @see entra-docs identity-platform/v2-protocols-oidc
 */
export function openIdConfiguration(context: EntraContext, tenant: TenantSegment): object {
  const { tls, pages } = context.origins;
  const id = tenant.shared ? tenant.text : context.directory.tenantId;
  return {
    token_endpoint: `${tls}/${id}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${tls}/${id}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${tls}/${tenant.shared ? '{tenantid}' : context.directory.tenantId}/v2.0`,
    request_uri_parameter_supported: false,
    device_authorization_endpoint: `${tls}/${id}/oauth2/v2.0/devicecode`,
    userinfo_endpoint: `${tls}/oidc/userinfo`,
    authorization_endpoint: `${pages}/${id}/oauth2/v2.0/authorize`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${pages}/${id}/oauth2/v2.0/logout`,
    claims_supported: [
      ...['sub', 'iss', 'cloud_instance_name', 'aud', 'exp', 'iat', 'auth_time', 'acr', 'nonce'],
      ...['preferred_username', 'name', 'tid', 'ver', 'at_hash', 'c_hash', 'email'],
    ],
    tenant_region_scope: tenant.shared ? null : 'EU',
    cloud_instance_name: new URL(tls).host,
    cloud_graph_host_name: new URL(tls).host,
    msgraph_host: new URL(tls).host,
  };
}

/** The signing keys. */
export function signingKeys(context: EntraContext, tenant: TenantSegment): object {
  const issuer = `${context.origins.tls}/${tenant.shared ? '{tenantid}' : context.directory.tenantId}/v2.0`;
  return { keys: [{ ...publicJwk(context.keys.signing), issuer }] };
}
