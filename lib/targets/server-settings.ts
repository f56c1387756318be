import { z } from 'zod';
import type { TargetField } from '#lib/domain/target/target.ts';
import { isLoopbackHost } from '#lib/platform/http/addresses.ts';

/** Name or address of a database server. */
export const ServerHost = z
  .string()
  .trim()
  .min(1, 'Enter the host name or the address of the server.')
  .max(253)
  .regex(/^[A-Za-z0-9._:-]+$/, 'Enter a host name such as db.example.com, or an IP address.');

/** The host in the address of a target: targets with the same address are the same database. */
export function hostInAddress(host: string): string {
  const name = host.toLowerCase();
  return isLoopbackHost(name) ? 'localhost' : name;
}

export const ServerPort = z.number().int().min(1).max(65_535);

/** As libpq's sslmode: `verify-ca` checks who signed the certificate and not its host name, `require` encrypts without a check of who answers. */
export const TlsMode = z.enum(['verify-full', 'verify-ca', 'require', 'disable']);

export const TLS_FIELD: TargetField = {
  name: 'tls',
  label: 'TLS',
  input: 'choice',
  secret: false,
  initial: 'verify-full',
  options: [
    { value: 'verify-full', label: 'Verify the certificate and the host name' },
    { value: 'verify-ca', label: 'Verify the certificate, but not the host name' },
    { value: 'require', label: 'Encrypt without verifying the server' },
    { value: 'disable', label: 'No TLS' },
  ],
};

/** CA certificates to trust in addition to those of Node, PEM; empty: none. */
export const CaPem = z
  .string()
  .trim()
  .max(65_536)
  .refine((pem) => pem === '' || pem.startsWith('-----BEGIN CERTIFICATE-----'), 'Paste the certificate in PEM form.');

export const CA_FIELD: TargetField = {
  name: 'caPem',
  label: 'CA certificate (PEM)',
  input: 'lines',
  secret: false,
  hint: 'Only for a server whose certificate is not signed by a public authority.',
};
