import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateCertificate, readCertificate } from './certificate.ts';

const now = new Date('2026-11-24T08:00:00Z');
const refusal = (title: string) =>
  expect.objectContaining({ problem: expect.objectContaining({ field: 'pem', title: expect.stringContaining(title) }) });

describe('certificates', () => {
  it('a generated one is read back the same from its own PEM, whatever stands around it', async () => {
    const made = await generateCertificate({ commonName: 'Entrada', now, days: 730 });
    const text = `Bag Attributes\n  localKeyID: 01\n${made.privateKeyPem}\nsubject=CN=Entrada\n${made.certificatePem}`;
    expect(readCertificate(text, now)).toEqual(made);
    expect(made.thumbprintSha1).toMatch(/^[0-9A-F]{40}$/);
    expect(made.notAfter.toISOString().slice(0, 10)).toBe('2028-11-23');
  });

  it('of a chain the certificate counts that fits the key', async () => {
    const [own, other] = [
      await generateCertificate({ commonName: 'own', now, days: 1 }),
      await generateCertificate({ commonName: 'issuer', now, days: 1 }),
    ];
    expect(readCertificate(other.certificatePem + own.certificatePem + own.privateKeyPem, now).subject).toBe('CN=own');
  });

  it('says what is wrong with an upload', async () => {
    const made = await generateCertificate({ commonName: 'Entrada', now, days: 1 });
    const stranger = await generateCertificate({ commonName: 'other', now, days: 1 });
    const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ format: 'pem', type: 'pkcs8' })
      .toString();
    const locked = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString();
    expect(() => readCertificate('MIIE…', now)).toThrow(refusal('not a PEM file'));
    expect(() => readCertificate(made.certificatePem, now)).toThrow(refusal('no private key'));
    expect(() => readCertificate(made.certificatePem + locked, now)).toThrow(refusal('protected with a password'));
    expect(() => readCertificate(made.privateKeyPem, now)).toThrow(refusal('no certificate'));
    expect(() => readCertificate(made.certificatePem + elliptic, now)).toThrow(refusal('RSA keys'));
    expect(() => readCertificate(made.certificatePem + stranger.privateKeyPem, now)).toThrow(refusal('does not belong'));
    const later = new Date('2026-11-26T08:00:00Z');
    expect(() => readCertificate(made.certificatePem + made.privateKeyPem, later)).toThrow(refusal('expired on 2026-11-25'));
  });
});
