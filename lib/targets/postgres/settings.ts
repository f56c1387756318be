import { z } from 'zod';
import type { TargetField } from '#lib/domain/target/target.ts';
import { Endpoint } from '#lib/targets/lake/store-settings.ts';

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
  /** With a token of Microsoft Entra ID in place of a password: Azure Database for PostgreSQL. */
  signIn: z.enum(['password', 'client-secret', 'client-certificate', 'managed-identity']).default('password'),
  tenantId: z
    .string()
    .trim()
    .max(253)
    .regex(/^[A-Za-z0-9.-]*$/, 'A tenant is an ID or a domain.')
    .default(''),
  /** Of the application, or of a user-assigned managed identity. */
  clientId: z
    .string()
    .trim()
    .max(64)
    .refine((text) => text === '' || /^[0-9a-f-]{36}$/i.test(text), 'An ID looks like 6e7b768e-07e2-4810-8459-485f84f8f204.')
    .default(''),
  /** Of another cloud than the public one; empty: that. */
  authority: Endpoint.default(''),
});
export type PostgresSettings = z.infer<typeof PostgresSettings>;

/** Input of a person; only the secret of the chosen sign-in is set. */
export const PostgresPassword = z.object({
  password: z.string().max(1024).default(''),
  clientSecret: z.string().trim().max(1024).default(''),
  /** Certificate and private key. */
  certificatePem: z.string().trim().max(65_536).default(''),
});
export type PostgresPassword = z.infer<typeof PostgresPassword>;

/** The operator's connection strings; `readerUrl`, where given, is for reading. */
export const PostgresSecrets = z.union([z.object({ url: z.string(), readerUrl: z.string().nullable() }), PostgresPassword]);
export type PostgresSecrets = z.infer<typeof PostgresSecrets>;

const when = (...values: readonly PostgresSettings['signIn'][]) => ({ when: { field: 'signIn', values } });

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
  {
    name: 'signIn',
    label: 'Sign in with',
    input: 'choice',
    secret: false,
    initial: 'password',
    options: [
      { value: 'password', label: 'Password' },
      { value: 'client-secret', label: 'Microsoft Entra application, with a client secret' },
      { value: 'client-certificate', label: 'Microsoft Entra application, with a certificate' },
      { value: 'managed-identity', label: 'Managed identity of the machine' },
    ],
    hint: 'Azure Database for PostgreSQL takes a token of Microsoft Entra ID; the user is then the name of the application or identity.',
  },
  { name: 'password', label: 'Password', input: 'password', secret: true, ...when('password') },
  { name: 'tenantId', label: 'Tenant', input: 'text', secret: false, ...when('client-secret', 'client-certificate') },
  {
    name: 'clientId',
    label: 'Client ID',
    input: 'text',
    secret: false,
    ...when('client-secret', 'client-certificate', 'managed-identity'),
    hint: 'Of the application; of a managed identity only where it is user-assigned.',
  },
  { name: 'clientSecret', label: 'Client secret', input: 'password', secret: true, ...when('client-secret') },
  {
    name: 'certificatePem',
    label: 'Certificate and private key (PEM)',
    input: 'lines',
    secret: true,
    ...when('client-certificate'),
  },
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
  {
    name: 'authority',
    label: 'Sign-in address',
    input: 'text',
    secret: false,
    optional: true,
    placeholder: 'https://login.microsoftonline.com',
    ...when('client-secret', 'client-certificate'),
    hint: 'For national clouds only, such as https://login.microsoftonline.us',
  },
];
