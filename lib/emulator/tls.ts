// The library's dependency injection requires that this polyfill is loaded first.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { nameConstraints } from './name-constraints.ts';
import { writePrivateFile } from './state.ts';

/** Certificates of the emulator, PEM. */
export interface TlsFiles {
  readonly caPem: string;
  /** Path of the file with the CA that clients have to trust; relative when `dir` is. */
  readonly caFile: string;
  readonly certPem: string;
  readonly keyPem: string;
}

const DAY_MS = 86_400_000;
const CA_DAYS = 365;
const LEAF_DAYS = 300;
const RENEW_DAYS = 30;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/**
 * The CA and the server certificate of `<dir>`, created at first use and replaced when one has less than 30 days left.
 * The CA's private key is kept, so that a new server certificate needs no new trust. The CA is restricted to these hosts
 * (name constraints, RFC 5280 section 4.2.1.10): trusting it, or having its key, has no effect on other hosts.
 * @param names DNS names or IPv4 addresses in addition to `localhost`, `127.0.0.1` and `::1`.
 */
export async function openTls(dir: string, now: Date, names: readonly string[] = []): Promise<TlsFiles> {
  mkdirSync(dir, { recursive: true });
  const file = (name: string) => join(dir, name);
  const caFile = file('ca.crt');
  const hosts = [...new Set(['localhost', '127.0.0.1', '::1', ...names])];
  const constraints = nameConstraints(hosts);
  const ca =
    (await readCa(caFile, file('ca.key'), constraints, now)) ?? (await createCa(caFile, file('ca.key'), constraints, now));
  if (!leafHolds(file('server.crt'), file('server.key'), ca.certificate, hosts, now)) {
    await createLeaf(ca, hosts, file('server.crt'), file('server.key'), now);
  }
  return {
    caPem: readFileSync(caFile, 'utf8'),
    caFile,
    certPem: readFileSync(file('server.crt'), 'utf8'),
    keyPem: readFileSync(file('server.key'), 'utf8'),
  };
}

interface Ca {
  readonly certificate: x509.X509Certificate;
  readonly privateKey: CryptoKey;
}

function fresh(certificate: x509.X509Certificate, now: Date): boolean {
  return certificate.notBefore <= now && certificate.notAfter.getTime() - now.getTime() > RENEW_DAYS * DAY_MS;
}

async function readCa(caFile: string, keyFile: string, constraints: x509.Extension, now: Date): Promise<Ca | null> {
  if (!existsSync(caFile) || !existsSync(keyFile)) return null;
  const certificate = new x509.X509Certificate(readFileSync(caFile, 'utf8'));
  const found = certificate.getExtension(constraints.type);
  if (!fresh(certificate, now) || found === null || !Buffer.from(found.value).equals(Buffer.from(constraints.value))) return null;
  const der = x509.PemConverter.decodeFirst(readFileSync(keyFile, 'utf8'));
  return { certificate, privateKey: await crypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign']) };
}

function leafHolds(certFile: string, keyFile: string, ca: x509.X509Certificate, hosts: readonly string[], now: Date): boolean {
  if (!existsSync(certFile) || !existsSync(keyFile)) return false;
  const leaf = new x509.X509Certificate(readFileSync(certFile, 'utf8'));
  const names = leaf.getExtension(x509.SubjectAlternativeNameExtension)?.names.items.map((item) => item.value) ?? [];
  const issuedByCa =
    leaf.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId === ca.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;
  return fresh(leaf, now) && issuedByCa && hosts.every((host) => host === '::1' || names.includes(host));
}

/** Certificates have whole seconds and some verifiers' clocks lag: starting an hour earlier avoids "not yet valid". */
function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - 3_600_000), notAfter: new Date(now.getTime() + days * DAY_MS) };
}

async function keyPem(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

async function createCa(caFile: string, keyFile: string, constraints: x509.Extension, now: Date): Promise<Ca> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(16).toString('hex'),
    name: `CN=Entrada demo tenant CA ${randomBytes(3).toString('hex')}`,
    ...validity(now, CA_DAYS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      constraints,
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  writePrivateFile(keyFile, await keyPem(keys.privateKey));
  writeFileSync(caFile, `${certificate.toString('pem')}\n`);
  return { certificate, privateKey: keys.privateKey };
}

async function createLeaf(ca: Ca, hosts: readonly string[], certFile: string, keyFile: string, now: Date): Promise<void> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(16).toString('hex'),
    subject: 'CN=localhost',
    issuer: ca.certificate.subject,
    ...validity(now, LEAF_DAYS),
    signingKey: ca.privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(hosts.map(toGeneralName)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(ca.certificate),
    ],
  });
  writePrivateFile(keyFile, await keyPem(keys.privateKey));
  writeFileSync(certFile, `${certificate.toString('pem')}\n`);
}

function toGeneralName(value: string): x509.JsonGeneralName {
  return { type: isIP(value) === 0 ? 'dns' : 'ip', value };
}
