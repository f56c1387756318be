// The library's dependency injection requires that this polyfill is loaded first.
import 'reflect-metadata';
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { InvalidInputError } from '#lib/platform/errors.ts';

/** A certificate and its private key, both PEM. */
export interface CertificateFiles {
  readonly certificatePem: string;
  /** PKCS #8, unencrypted. */
  readonly privateKeyPem: string;
  readonly subject: string;
  /** Hex, upper case. */
  readonly thumbprintSha1: string;
  readonly thumbprintSha256: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Least size of an RSA key that Entra accepts for signed assertions (PS256), bits. */
const RSA_BITS_MIN = 2048;
/** Largest upload that is parsed, characters: a chain and its key are about 10 KB. */
export const CERTIFICATE_MAX_CHARS = 65_536;

/**
 * A self-signed RSA certificate for client assertions, 2048 bits, SHA-256.
 * @see Entra doc "Create a self-signed public certificate to authenticate your application"
 */
export async function generateCertificate(options: {
  readonly commonName: string;
  readonly now: Date;
  readonly days: number;
}): Promise<CertificateFiles> {
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: RSA_BITS_MIN,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${options.commonName.replace(/[^\w .-]/g, ' ')}`,
    notBefore: new Date(options.now.getTime() - 5 * 60_000),
    notAfter: new Date(options.now.getTime() + options.days * 86_400_000),
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true)],
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  return filesOf(new X509Certificate(certificate.toString('pem')), privateKey);
}

/**
 * Reads a PEM file with the certificate and its private key in any order; of a chain, the certificate that belongs to the key.
 * @throws InvalidInputError that names `pem` and what is missing or wrong.
 */
export function readCertificate(pem: string, now: Date): CertificateFiles {
  const blocks = pem.match(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]+?-----END \1-----/g) ?? [];
  if (blocks.length === 0)
    throw refuse(
      'This is not a PEM file.',
      'Choose the file that begins with -----BEGIN. Convert a PFX with: openssl pkcs12 -in file.pfx -nodes -out file.pem',
    );
  const keyText = blocks.find((block) => /^-----BEGIN (RSA |EC )?PRIVATE KEY-----/.test(block));
  if (keyText === undefined) {
    throw blocks.some((block) => block.includes('ENCRYPTED PRIVATE KEY'))
      ? refuse(
          'The private key is protected with a password.',
          'Remove the password first: openssl pkey -in key.pem -out plain.pem',
        )
      : refuse('The file holds no private key.', 'Put the certificate and its private key into one PEM file.');
  }
  const privateKey = parseKey(keyText);
  const certificates = blocks.filter((block) => block.includes('BEGIN CERTIFICATE-----')).map(parseCertificate);
  if (certificates.length === 0)
    throw refuse('The file holds no certificate.', 'Put the certificate and its private key into one PEM file.');
  const own = certificates.find((certificate) => certificate.checkPrivateKey(privateKey));
  if (own === undefined)
    throw refuse('The private key does not belong to the certificate.', 'Choose the private key of this certificate.');
  const files = filesOf(own, privateKey);
  if (files.notAfter <= now)
    throw refuse(`The certificate expired on ${files.notAfter.toISOString().slice(0, 10)}.`, 'Create a new certificate.');
  return files;
}

function parseKey(text: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch (cause) {
    throw refuse('The private key cannot be read.', 'Export it again as unencrypted PKCS #8 PEM.', cause);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < RSA_BITS_MIN) {
    throw refuse(
      'Entra takes RSA keys of 2048 bits or more for applications.',
      'Create such a key, or let Entrada generate the certificate.',
    );
  }
  return key;
}

function parseCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw refuse('The certificate cannot be read.', 'Export it again as PEM.', cause);
  }
}

function filesOf(certificate: X509Certificate, privateKey: KeyObject): CertificateFiles {
  // Deriving the public key proves that the stored key is usable.
  createPublicKey(privateKey);
  return {
    certificatePem: certificate.toString(),
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    subject: certificate.subject,
    thumbprintSha1: certificate.fingerprint.replaceAll(':', ''),
    thumbprintSha256: certificate.fingerprint256.replaceAll(':', ''),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
  };
}

function refuse(title: string, remedy: string, cause?: unknown): InvalidInputError {
  return new InvalidInputError({ code: 'certificate', title, remedy, fixer: 'you', field: 'pem' }, { cause });
}
