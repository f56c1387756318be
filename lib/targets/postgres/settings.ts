import { z } from 'zod';
import type { TargetField } from '#lib/domain/target/target.ts';

/** Maximum length of the name of a database, a role or a table (PostgreSQL documentation, section 4.1.1). */
const NAME_MAX = 63;

export const PostgresSettings = z.object({
  host: z
    .string()
    .trim()
    .min(1, 'Enter the host name or the address of the server.')
    .max(253)
    .regex(/^[A-Za-z0-9._:-]+$/, 'A host is a name such as db.example.com, or an address.'),
  port: z.number().int().min(1).max(65_535).default(5432),
  database: z.string().trim().min(1, 'Enter the name of the database.').max(NAME_MAX),
  user: z.string().trim().min(1, 'Enter the role to sign in as.').max(NAME_MAX),
  /** As libpq's sslmode: `verify-ca` checks who signed the certificate and not its host name, `require` encrypts without a check of who answers. */
  tls: z.enum(['verify-full', 'verify-ca', 'require', 'disable']).default('verify-full'),
  /** CA certificates to trust in addition to those of Node, PEM; empty: none. */
  caPem: z
    .string()
    .trim()
    .max(65_536)
    .refine((pem) => pem === '' || pem.startsWith('-----BEGIN CERTIFICATE-----'), 'Paste the certificate in PEM form.')
    .default(''),
});
export type PostgresSettings = z.infer<typeof PostgresSettings>;

/** Input of a person. */
export const PostgresPassword = z.object({ password: z.string('Enter the password.').min(1, 'Enter the password.').max(1024) });

/** The operator's connection strings; `readerUrl`, where given, is for reading. */
export const PostgresSecrets = z.union([PostgresPassword, z.object({ url: z.string(), readerUrl: z.string().nullable() })]);
export type PostgresSecrets = z.infer<typeof PostgresSecrets>;

export const POSTGRES_FIELDS: readonly TargetField[] = [
  {
    name: 'host',
    label: 'Host',
    input: 'text',
    secret: false,
    placeholder: 'db.example.com',
    hint: 'A connection string (postgresql://...) can be pasted here.',
  },
  { name: 'port', label: 'Port', input: 'number', secret: false, initial: '5432' },
  { name: 'database', label: 'Database', input: 'text', secret: false },
  {
    name: 'user',
    label: 'User',
    input: 'text',
    secret: false,
    hint: 'The page of the target has the SQL that creates a role with the least rights.',
  },
  { name: 'password', label: 'Password', input: 'password', secret: true },
  {
    name: 'tls',
    label: 'TLS',
    input: 'choice',
    secret: false,
    initial: 'verify-full',
    options: [
      { value: 'verify-full', label: 'Verify the certificate and the host name' },
      { value: 'verify-ca', label: 'Verify the certificate, but not the host name' },
      { value: 'require', label: 'Encrypt without verifying who answers' },
      { value: 'disable', label: 'No TLS' },
    ],
  },
  {
    name: 'caPem',
    label: 'CA certificate (PEM)',
    input: 'lines',
    secret: false,
    hint: 'Only for a server whose certificate no public authority has signed.',
  },
];
