import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningEmulator, startEmulator } from '#lib/emulator/start.ts';
import { createMemoryConnections } from './testing/memory-connections.ts';

/**
 * Every AADSTS code that people of such a dialog meet, with the OAuth error that carries it, and words of the message. How the
 * dialog shows such a message is tested in e2e/aadsts.spec.ts, with one code of each OAuth error.
 * @see Entra docs "Microsoft Entra authentication and authorization error codes"
 */
const TOKEN_ERRORS: readonly (readonly [codes: readonly number[], oauthError: string, words: RegExp])[] = [
  [[700016], 'unauthorized_client', /Client ID does not exist in this tenant/],
  [[7000215], 'invalid_client', /rejected the client secret/],
  [[7000222], 'invalid_client', /client secret has expired/],
  [[7000218, 900144], 'invalid_client', /No client secret was sent/],
  [[700025], 'invalid_client', /public client/],
  [[9002327, 9002326], 'invalid_request', /single-page application/],
  [[50011, 900971], 'invalid_request', /redirect URI is not registered/],
  [[90002], 'invalid_request', /tenant was not found in this cloud/],
  [[90038, 900382, 900432], 'invalid_request', /belongs to another national cloud/],
  [[50194], 'invalid_request', /for one tenant only/],
  [[50020, 50034, 51004, 16000, 500208], 'invalid_grant', /does not belong to the tenant/],
  [[50105], 'invalid_grant', /not assigned to the enterprise application/],
  [[65001], 'invalid_grant', /Consent to the requested permissions is missing/],
  [[65004], 'access_denied', /Consent was declined/],
  [[90094, 90095, 90093], 'access_denied', /administrator has to approve/],
  [[650052, 650056, 650057, 65005, 500011], 'invalid_resource', /lacks a requested permission/],
  [[70011, 28002, 700022], 'invalid_scope', /refused the requested permissions/],
  [[70008, 700082, 70000, 50089], 'invalid_grant', /code or the session has expired/],
  [[54005], 'invalid_grant', /already used/],
  [[501481, 50147], 'invalid_grant', /another sign-in attempt/],
  [[700005], 'invalid_grant', /belongs to another tenant/],
  [[9002313, 90014], 'invalid_request', /cut off or changed/],
  [[50076, 50079, 50072, 50074, 50078], 'interaction_required', /multi-factor authentication/],
  [[53000, 53001, 53002, 53003, 53004, 530032, 530035, 50005, 50131], 'interaction_required', /Conditional Access blocked/],
  [[50173, 50132, 50133, 70043, 700084], 'invalid_grant', /revoked or has ended/],
  [[50053, 50055, 50057, 50126], 'invalid_grant', /refused this account/],
  [[7000112, 70001, 1000031], 'unauthorized_client', /application is disabled/],
  [[50196], 'invalid_grant', /too many identical requests/],
  [[90033, 90006, 50033, 90055, 90024], 'temporarily_unavailable', /temporarily unavailable/],
  [[700027, 50027, 700021, 700023], 'invalid_client', /does not know the certificate/],
  [[700024], 'invalid_client', /assertion is not valid now/],
  [[7000229], 'unauthorized_client', /not present in this tenant/],
  [[999999], 'invalid_request', /Words that only Entra knows/],
];

const TEXT = 'Words that only Entra knows, about your organization.';

let emulator: RunningEmulator;
let signIn: () => Promise<unknown>;
const dir = mkdtempSync(join(tmpdir(), 'entrada-refusals-'));

beforeAll(async () => {
  emulator = await startEmulator({ dir, httpPort: 0, tlsPort: 0, users: 20, redirectUris: [] });
  const { authority, graphBaseUrl, adminUrl, clientId, clientSecret, tenantDomain } = emulator.info;
  const cloud = {
    name: 'Emulated',
    graphOrigin: new URL(graphBaseUrl).origin,
    authorityOrigin: authority,
    signInOrigin: new URL(adminUrl).origin,
  };
  const { operations } = createMemoryConnections({ extraClouds: [cloud], caPem: emulator.caPem });
  signIn = () =>
    operations.signInApplication({
      settings: {
        clientId,
        credential: { kind: 'secret', secret: clientSecret },
        signIn: 'app-only',
        graphBaseUrl,
        tenant: tenantDomain,
      },
    });
});
afterAll(async () => {
  await emulator.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function setTokenFaults(token: readonly object[]): Promise<void> {
  const { adminUrl, adminToken } = emulator.info;
  const headers = { authorization: `Bearer ${adminToken}` };
  const response = await fetch(`${adminUrl}/__admin/faults`, { method: 'POST', headers, body: JSON.stringify({ token }) });
  expect(response.status).toBe(200);
}

test.each(TOKEN_ERRORS.flatMap(([codes, error, words]) => codes.map((code) => [code, error, words] as const)))(
  'AADSTS%i (%s) at the token endpoint is a message in words, with who can fix it and its ids',
  async (aadsts, error, words) => {
    await setTokenFaults([{ kind: 'aadsts', aadsts, error, text: TEXT }]);
    await expect(signIn()).rejects.toMatchObject({
      problem: {
        title: expect.stringMatching(words),
        ...(aadsts === 999999 ? {} : { fixer: expect.stringMatching(/^(you|tenant-admin|operator)$/) }),
        reference: { aadsts: `AADSTS${aadsts}`, correlationId: expect.stringMatching(/^[\da-f-]{36}$/) },
      },
    });
  },
);

test('no refusal lasts: the next sign-in after a block of MSAL (429 or 5xx) is asked and taken', async () => {
  await setTokenFaults([{ kind: 'aadsts', aadsts: 90033, error: 'temporarily_unavailable', text: TEXT }]);
  await expect(signIn()).rejects.toThrow();
  await setTokenFaults([]);
  await expect(signIn()).resolves.toMatchObject({ identity: { account: { username: 'Entrada demo' } } });
});
