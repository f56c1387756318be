import { z } from 'zod';
import type { TargetField } from '#lib/domain/target/target.ts';
import { ENTRA_AUTHORITY_FIELD, ENTRA_FIELDS, ENTRA_SECRETS, ENTRA_SETTINGS } from '#lib/targets/entra-settings.ts';
import { CA_FIELD, CaPem, ServerHost, ServerPort, TLS_FIELD, TlsMode } from '#lib/targets/server-settings.ts';

/** Maximum length of the name of a database, a role or a table (PostgreSQL documentation, section 4.1.1). */
const NAME_MAX = 63;

export const PostgresSettings = z.object({
  host: ServerHost,
  port: ServerPort.default(5432),
  database: z.string().trim().min(1, 'Enter the name of the database.').max(NAME_MAX),
  user: z.string().trim().min(1, 'Enter the role (user name).').max(NAME_MAX),
  tls: TlsMode.default('verify-full'),
  caPem: CaPem.default(''),
  /** With a token of Microsoft Entra ID in place of a password: Azure Database for PostgreSQL. */
  signIn: z.enum(['password', 'client-secret', 'client-certificate', 'managed-identity']).default('password'),
  ...ENTRA_SETTINGS,
});
export type PostgresSettings = z.infer<typeof PostgresSettings>;

/** Input of a person; only the secret of the chosen sign-in is set. */
export const PostgresPassword = z.object({
  password: z.string().max(1024).default(''),
  ...ENTRA_SECRETS,
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
    hint: 'You can paste a connection string (postgresql://...) here.',
  },
  { name: 'port', label: 'Port', input: 'number', secret: false, initial: '5432' },
  { name: 'database', label: 'Database', input: 'text', secret: false },
  {
    name: 'user',
    label: 'User',
    input: 'text',
    secret: false,
    hint: 'The page of the target shows SQL that creates a role with the least rights.',
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
    hint: 'Azure Database for PostgreSQL accepts a token of Microsoft Entra ID. The user is then the name of the application or identity.',
  },
  { name: 'password', label: 'Password', input: 'password', secret: true, ...when('password') },
  ...ENTRA_FIELDS,
  TLS_FIELD,
  CA_FIELD,
  ENTRA_AUTHORITY_FIELD,
];
