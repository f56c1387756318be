import { afterAll, beforeAll, expect, it } from 'vitest';
import { runTestEmulator, type TestEmulator } from '#lib/emulator/testing/run-emulator.ts';

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await runTestEmulator();
});
afterAll(() => emulator.dispose());

async function discover(tenant: string) {
  const response = await emulator.fetch(`${emulator.info.authority}/${tenant}/v2.0/.well-known/openid-configuration`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

it('a tenant is found by id and domain in any case, and its document names it by id', async () => {
  const { authority, adminUrl, tenantId } = emulator.info;
  for (const tenant of [tenantId, 'Contoso.Example', 'contoso.onmicrosoft.example']) {
    const { body } = await discover(tenant);
    // Members that msal-node and next-auth 5 need, and the three by which a client identifies the cloud.
    expect(body).toMatchObject({
      issuer: `${authority}/${tenantId}/v2.0`,
      authorization_endpoint: `${adminUrl}/${tenantId}/oauth2/v2.0/authorize`,
      token_endpoint: `${authority}/${tenantId}/oauth2/v2.0/token`,
      jwks_uri: `${authority}/${tenantId}/discovery/v2.0/keys`,
      userinfo_endpoint: `${authority}/oidc/userinfo`,
      end_session_endpoint: `${adminUrl}/${tenantId}/oauth2/v2.0/logout`,
      id_token_signing_alg_values_supported: ['RS256'],
      msgraph_host: new URL(authority).host,
      cloud_instance_name: new URL(authority).host,
      tenant_region_scope: 'EU',
    });
  }
});

it('/common and /organizations have {tenantid} in the issuer, and no region', async () => {
  for (const tenant of ['common', 'organizations']) {
    expect((await discover(tenant)).body).toMatchObject({
      issuer: `${emulator.info.authority}/{tenantid}/v2.0`,
      tenant_region_scope: null,
    });
  }
});

it('a tenant elsewhere is AADSTS90002', async () => {
  const { status, body } = await discover('elsewhere.example');
  expect(status).toBe(400);
  expect(body).toMatchObject({ error: 'invalid_request', error_codes: [90002] });
});

it('pages are elsewhere than at localhost on TLS, as at Entra', async () => {
  const elsewhere = await runTestEmulator({ host: '127.0.0.1' });
  try {
    const { authority, tenantId } = elsewhere.info;
    const response = await elsewhere.fetch(`${authority}/${tenantId}/v2.0/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({ authorization_endpoint: `${authority}/${tenantId}/oauth2/v2.0/authorize` });
  } finally {
    await elsewhere.dispose();
  }
});
