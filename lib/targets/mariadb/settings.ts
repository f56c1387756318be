import { z } from 'zod';
import type { TargetField } from '#lib/domain/target/target.ts';

/** Longest name of a database, a table or a column (MariaDB documentation, "Identifier Names"). */
export const NAME_MAX = 64;

export const MariadbSettings = z.object({
  host: z
    .string()
    .trim()
    .min(1, 'Enter the host name or the address of the server.')
    .max(253)
    .regex(/^[A-Za-z0-9._:-]+$/, 'A host is a name such as db.example.com, or an address.'),
  port: z.number().int().min(1).max(65_535).default(3306),
  database: z
    .string()
    .trim()
    .min(1, 'Enter the name of the database.')
    .max(NAME_MAX)
    .regex(/^[A-Za-z0-9_$-]+$/, 'A database has letters, digits, _, $ and -.'),
  user: z.string().trim().min(1, 'Enter the user to sign in as.').max(80),
  tls: z.enum(['verify-full', 'verify-ca', 'require', 'disable']).default('verify-full'),
  /** CA certificates to trust beside those of Node, PEM; empty: none. */
  caPem: z
    .string()
    .trim()
    .max(65_536)
    .refine((pem) => pem === '' || pem.startsWith('-----BEGIN CERTIFICATE-----'), 'Paste the certificate in PEM form.')
    .default(''),
  /** In front of each table name; `{schema}` is replaced by the schema of the task. */
  prefix: z
    .string()
    .trim()
    .max(40)
    .regex(/^([a-z0-9_]|\{schema\})*$/, 'A prefix has small letters, digits, _ and {schema}.')
    .default('{schema}_'),
});
export type MariadbSettings = z.infer<typeof MariadbSettings>;

export const MariadbSecrets = z.object({ password: z.string('Enter the password.').min(1, 'Enter the password.').max(1024) });
export type MariadbSecrets = z.infer<typeof MariadbSecrets>;

export const MARIADB_FIELDS: readonly TargetField[] = [
  {
    name: 'host',
    label: 'Host',
    input: 'text',
    secret: false,
    placeholder: 'db.example.com',
    hint: 'An address such as mysql://user@host:3306/database can be pasted here.',
  },
  { name: 'port', label: 'Port', input: 'number', secret: false, initial: '3306' },
  { name: 'database', label: 'Database', input: 'text', secret: false, hint: 'It has to exist. All tables are in it.' },
  {
    name: 'user',
    label: 'User',
    input: 'text',
    secret: false,
    hint: 'The page of the target has the SQL that makes a user with the least rights.',
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
  {
    name: 'prefix',
    label: 'Table prefix',
    input: 'text',
    secret: false,
    optional: true,
    initial: '{schema}_',
    hint: 'In front of each table name. {schema} is the schema of the task: hr_users for the schema hr.',
  },
];
