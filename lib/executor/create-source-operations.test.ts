import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientCredential, ClientSettings } from '#lib/domain/account/session.ts';
import { type RunningEmulator, startEmulator } from '#lib/emulator/start.ts';
import { generateCertificate } from '#lib/platform/crypto/certificate.ts';
import { createMemoryConnections } from './testing/memory-connections.ts';

let emulator: RunningEmulator;
const dir = mkdtempSync(join(tmpdir(), 'entrada-executor-'));
beforeAll(async () => {
  emulator = await startEmulator({ dir, httpPort: 0, tlsPort: 0, users: 20, redirectUris: [] });
});
afterAll(async () => {
  await emulator.stop();
  rmSync(dir, { recursive: true, force: true });
});

function connections() {
  const { authority, graphBaseUrl, adminUrl } = emulator.info;
  const cloud = {
    name: 'Emulated',
    graphOrigin: new URL(graphBaseUrl).origin,
    authorityOrigin: authority,
    signInOrigin: new URL(adminUrl).origin,
  };
  return createMemoryConnections({ extraClouds: [cloud], caPem: emulator.caPem });
}

function settings(credential: ClientCredential, over: Partial<ClientSettings> = {}): ClientSettings {
  const { clientId, graphBaseUrl, tenantDomain } = emulator.info;
  return { clientId, credential, signIn: 'app-only', graphBaseUrl, tenant: tenantDomain, ...over };
}

async function admin(route: string, body: object): Promise<void> {
  const { adminUrl, adminToken } = emulator.info;
  const headers = { authorization: `Bearer ${adminToken}` };
  const response = await fetch(`${adminUrl}/__admin/${route}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
}

describe('app-only sign-in', () => {
  it('by secret: names the application, its tenant, its app roles, and when the secret ends', async () => {
    const client = settings({ kind: 'secret', secret: emulator.info.clientSecret });
    const signedIn = await connections().operations.signInApplication({ settings: client });
    expect(signedIn).toMatchObject({
      identity: {
        account: { username: 'Entrada demo' },
        tenant: { id: emulator.info.tenantId },
        permissions: expect.arrayContaining(['User.Read.All', 'Group.Read.All']),
      },
      credentialExpiresAt: new Date('2099-12-31T23:59:59Z'),
    });
    const { operations, connect } = connections();
    const { test } = await operations.testConnection({ connection: connect(client, signedIn.tokenCache) });
    expect(test).toMatchObject({ account: 'Entrada demo' });
  });

  it('by certificate, once the registration knows it', async () => {
    const { certificatePem, notAfter, ...certificate } = await generateCertificate({
      commonName: 'test',
      now: new Date(),
      days: 30,
    });
    const { thumbprintSha1, thumbprintSha256, privateKeyPem } = certificate;
    const client = settings({ kind: 'certificate', thumbprintSha1, thumbprintSha256, privateKeyPem });
    await expect(connections().operations.signInApplication({ settings: client })).rejects.toMatchObject({
      problem: { reference: { aadsts: 'AADSTS700027' } },
    });
    await admin('certificates', { clientId: client.clientId, certificatePem });
    const signedIn = await connections().operations.signInApplication({ settings: client });
    expect(signedIn.identity.account.username).toBe('Entrada demo');
    expect(signedIn.credentialExpiresAt).toEqual(notAfter);
  });

  it('a saved connection whose secret is refused now needs a person', async () => {
    const client = settings({ kind: 'secret', secret: emulator.info.clientSecret });
    const { tokenCache } = await connections().operations.signInApplication({ settings: client });
    const stale = { ...client, credential: { kind: 'secret', secret: 'was good once' } } as const;
    const { operations, connect } = connections();
    await expect(operations.testConnection({ connection: connect(stale, tokenCache) })).rejects.toMatchObject({
      code: 'needs-reauthentication',
      problem: { title: 'Entra rejected the client secret.', remedy: expect.stringMatching(/Edit/) },
    });
  });

  it('says in words why Entra refuses', async () => {
    const wrong = settings({ kind: 'secret', secret: 'wrong' });
    await expect(connections().operations.signInApplication({ settings: wrong })).rejects.toMatchObject({
      problem: { title: 'Entra rejected the client secret.', reference: { aadsts: 'AADSTS7000215' } },
    });
  });

  it('reads Graph as the application: rows of users, and its metadata', async () => {
    const client = settings({ kind: 'secret', secret: emulator.info.clientSecret });
    const { operations, connect } = connections();
    const connection = connect(client, (await operations.signInApplication({ settings: client })).tokenCache);
    const { datasets } = await operations.generateMetadata({ connection });
    const dataset = datasets.find(({ name }) => name === 'users') ?? expect.fail('no users');
    expect((await operations.sampleDataset({ connection, dataset, rows: 5 })).rows).toHaveLength(5);
  });
});
