import 'reflect-metadata';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import pg from 'pg';
import { startEmbeddedPostgres } from '#lib/platform/postgres/embedded.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A PostgreSQL server with a certificate for 127.0.0.1, but not for localhost, at which it listens as well. */
export interface TlsServer {
  /** Superuser at 127.0.0.1, without TLS. */
  readonly url: URL;
  /** Of the authority that signed its certificate. */
  readonly caPem: string;
  /** Certificate and key for 127.0.0.1, signed by that authority. */
  readonly leaf: { readonly 'server.crt': string; readonly 'server.key': string };
  asAdmin(sql: string): Promise<void>;
  /** From now on: its certificate, one that ended yesterday, or no TLS at all. */
  show(what: 'certificate' | 'expired' | 'no-tls'): Promise<void>;
  stop(): Promise<void>;
}

export async function startTlsServer(): Promise<TlsServer> {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-tls-'));
  chmodSync(dir, 0o755);
  const server = await startEmbeddedPostgres(dir, [], {
    settings: { listen_addresses: 'localhost', fsync: 'off' },
  });
  const ca = await createCa('Authority of the test');
  const leaf = await createLeaf(ca, '127.0.0.1');
  const yesterday = new Date(Date.now() - 86_400_000);
  const expired = await createLeaf(ca, '127.0.0.1', yesterday);
  const { uid, gid } = statSync(join(dir, 'pgdata'));
  const write = (name: string, pem: string): string => {
    const path = join(dir, name);
    writeFileSync(path, pem, { mode: 0o600 });
    if (process.getuid?.() === 0) chownSync(path, uid, gid);
    return path;
  };
  const files = {
    certificate: [write('server.crt', leaf['server.crt']), write('server.key', leaf['server.key'])],
    expired: [write('expired.crt', expired['server.crt']), write('expired.key', expired['server.key'])],
  };
  const url = new URL(server.url('postgres'));
  const show: TlsServer['show'] = async (what) => {
    const [certificate = '', key = ''] = files[what === 'expired' ? 'expired' : 'certificate'];
    const ssl = what === 'no-tls' ? 'off' : 'on';
    await asAdmin(url, [
      `ALTER SYSTEM SET ssl_cert_file = '${certificate}'`,
      `ALTER SYSTEM SET ssl_key_file = '${key}'`,
      `ALTER SYSTEM SET ssl = ${ssl}`,
      'SELECT pg_reload_conf()',
    ]);
    const now = "SELECT current_setting('ssl') AS ssl, current_setting('ssl_cert_file') AS file";
    for (let [row] = await asAdmin(url, [now]); row?.['ssl'] !== ssl || row['file'] !== certificate; )
      [row] = await asAdmin(url, [now]);
  };
  await show('certificate');
  return {
    ...{ url, show },
    asAdmin: async (sql) => void (await asAdmin(url, [sql])),
    leaf,
    caPem: ca.certificate.toString('pem'),
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function asAdmin(url: URL, statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const sql of statements) ({ rows } = await client.query<Record<string, unknown>>(sql));
    return rows;
  } finally {
    await client.end();
  }
}

/** A certificate authority of its own. */
export async function createCa(name: string) {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  return { certificate, privateKey: keys.privateKey };
}

async function createLeaf(ca: Awaited<ReturnType<typeof createCa>>, address: string, notAfter?: Date) {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=database',
    issuer: ca.certificate.subject,
    signingKey: ca.privateKey,
    publicKey: keys.publicKey,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: address }])],
    ...(notAfter === undefined ? {} : { notBefore: new Date(notAfter.getTime() - 86_400_000), notAfter }),
  });
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { 'server.crt': `${certificate.toString('pem')}\n`, 'server.key': key };
}

/** A certificate of an application with its private key, PEM. Entra's clients sign with RSA. */
export async function rsaCertificate(): Promise<string> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({ name: 'CN=app', signingAlgorithm: algorithm, keys });
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return `${certificate.toString('pem')}\n${key}\n`;
}
