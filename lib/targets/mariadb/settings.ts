import { z } from 'zod';
import type { TargetField } from '#lib/domain/target/target.ts';
import { CA_FIELD, CaPem, ServerHost, ServerPort, TLS_FIELD, TlsMode } from '#lib/targets/server-settings.ts';

/** Longest name of a database, a table or a column (MariaDB documentation, "Identifier Names"). */
export const NAME_MAX = 64;

export const MariadbSettings = z.object({
  host: ServerHost,
  port: ServerPort.default(3306),
  database: z
    .string()
    .trim()
    .min(1, 'Enter the name of the database.')
    .max(NAME_MAX)
    .regex(/^[A-Za-z0-9_$-]+$/, 'A database name may have letters, digits, _, $ and -.'),
  user: z.string().trim().min(1, 'Enter the user name.').max(80),
  tls: TlsMode.default('verify-full'),
  caPem: CaPem.default(''),
  /** In front of each table name; `{schema}` is replaced by the schema of the task. */
  prefix: z
    .string()
    .trim()
    .max(40)
    .regex(/^([a-z0-9_]|\{schema\})*$/, 'A prefix may have lower-case letters, digits, _ and {schema}.')
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
    hint: 'You can paste an address such as mysql://user@host:3306/database here.',
  },
  { name: 'port', label: 'Port', input: 'number', secret: false, initial: '3306' },
  { name: 'database', label: 'Database', input: 'text', secret: false, hint: 'The database must exist. It contains all tables.' },
  {
    name: 'user',
    label: 'User',
    input: 'text',
    secret: false,
    hint: 'The page of the target shows SQL that creates a user with the least rights.',
  },
  { name: 'password', label: 'Password', input: 'password', secret: true },
  TLS_FIELD,
  CA_FIELD,
  {
    name: 'prefix',
    label: 'Table prefix',
    input: 'text',
    secret: false,
    optional: true,
    initial: '{schema}_',
    hint: 'Before each table name. {schema} is the schema of the task: hr_users for the schema hr.',
  },
];
