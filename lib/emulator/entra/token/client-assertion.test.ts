// The library's dependency injection requires that this polyfill is loaded first.
import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { AuthError, ConfidentialClientApplication, type INetworkModule } from '@azure/msal-node';
import * as x509 from '@peculiar/x509';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runTestEmulator, type TestEmulator } from '#lib/emulator/testing/run-emulator.ts';

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
const SUBJECT = 'CN=entrada.contoso.example';

interface Issuer {
  readonly certificate: x509.X509Certificate;
  readonly keys: CryptoKeyPair;
}

interface Leaf {
  readonly pem: string;
  readonly privateKey: string;
}

let emulator: TestEmulator;
let issuer: Issuer;
let registered: Leaf;
beforeAll(async () => {
  emulator = await runTestEmulator();
  issuer = await createIssuer('CN=Contoso issuing CA');
  registered = await createLeaf(issuer, SUBJECT);
  const response = await fetch(`${emulator.info.adminUrl}/__admin/certificates`, {
    method: 'POST',
    headers: { authorization: `Bearer ${emulator.info.adminToken}` },
    body: JSON.stringify({ clientId: emulator.info.clientId, certificatePem: registered.pem }),
  });
  expect(response.status).toBe(200);
});
afterAll(() => emulator.dispose());

function validity(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 86_400_000) };
}

async function createIssuer(name: string): Promise<Issuer> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const extensions = [new x509.BasicConstraintsExtension(true, 0, true)];
  const own = { name, keys, signingAlgorithm: ALGORITHM, serialNumber: '01', extensions, ...validity() };
  return { keys, certificate: await x509.X509CertificateGenerator.createSelfSigned(own) };
}

async function createLeaf(by: Issuer, subject: string): Promise<Leaf> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: by.certificate.subject,
    signingKey: by.keys.privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: ALGORITHM,
    serialNumber: '02',
    ...validity(),
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { pem: certificate.toString('pem'), privateKey: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}

/** The app-only token from MSAL; or its error message. */
async function signIn({ pem, privateKey }: Leaf, chain: readonly string[] | null): Promise<string> {
  const send = async (method: string, url: string, headers: Record<string, string> = {}, body?: string) => {
    const response = await emulator.fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: (await response.json()) as never };
  };
  const networkClient: INetworkModule = {
    sendGetRequestAsync: (url, options) => send('GET', url, options?.headers),
    sendPostRequestAsync: (url, options) => send('POST', url, options?.headers, options?.body ?? ''),
  };
  const { authority, tenantId, clientId } = emulator.info;
  const thumbprintSha256 = new X509Certificate(pem).fingerprint256.replaceAll(':', '');
  const app = new ConfidentialClientApplication({
    auth: {
      clientId,
      authority: `${authority}/${tenantId}`,
      knownAuthorities: [new URL(authority).host],
      clientCertificate: { thumbprintSha256, privateKey, ...(chain === null ? {} : { x5c: chain.join('\n') }) },
    },
    system: { networkClient },
  });
  try {
    const result = await app.acquireTokenByClientCredential({ scopes: [`${authority}/.default`] });
    return result === null ? 'no token' : 'token';
  } catch (error) {
    if (error instanceof AuthError) return /AADSTS\d+/.exec(error.message)?.[0] ?? error.message;
    throw error;
  }
}

const issuerPem = (): string => issuer.certificate.toString('pem');

test('a registered certificate is taken, with its chain and without', async () => {
  expect(await signIn(registered, null)).toBe('token');
  expect(await signIn(registered, [registered.pem, issuerPem()])).toBe('token');
});

test('a new certificate of the same subject and issuer is taken by its chain, and not without', async () => {
  const next = await createLeaf(issuer, SUBJECT);
  expect(await signIn(next, [next.pem, issuerPem()])).toBe('token');
  expect(await signIn(next, null)).toBe('AADSTS700027');
  expect(await signIn(next, [next.pem])).toBe('AADSTS700027');
});

test('another subject, another issuer of the same name, and a chain of others are refused', async () => {
  const otherSubject = await createLeaf(issuer, 'CN=somebody.contoso.example');
  expect(await signIn(otherSubject, [otherSubject.pem, issuerPem()])).toBe('AADSTS700027');
  const imposter = await createIssuer('CN=Contoso issuing CA');
  const forged = await createLeaf(imposter, SUBJECT);
  expect(await signIn(forged, [forged.pem, imposter.certificate.toString('pem')])).toBe('AADSTS700027');
  expect(await signIn(forged, [forged.pem, issuerPem()])).toBe('AADSTS700027');
  // The chain of the registered certificate, signed with another key.
  expect(await signIn({ pem: registered.pem, privateKey: forged.privateKey }, [registered.pem, issuerPem()])).toBe(
    'AADSTS700027',
  );
});
