import { z } from 'zod';
import type { TargetField } from '#lib/domain/target/target.ts';
import { ENTRA_AUTHORITY_FIELD, ENTRA_FIELDS, ENTRA_SECRETS, ENTRA_SETTINGS } from '#lib/targets/entra-settings.ts';
import { Endpoint, KeyPrefix } from '#lib/targets/lake/store-settings.ts';

export const SignIn = z.enum(['account-key', 'sas', 'client-secret', 'client-certificate', 'managed-identity']);
export type SignIn = z.infer<typeof SignIn>;

export const AzureStorageSettings = z.object({
  endpoint: Endpoint.refine((text) => text !== '', 'Enter the address of the account: https://account.blob.core.windows.net'),
  container: z
    .string()
    .trim()
    .min(3, 'Enter the name of the container.')
    .max(63)
    // For OneLake: name or ID of the workspace.
    .regex(/^[$A-Za-z0-9][A-Za-z0-9 ._-]+$/, 'A container name may have letters, digits and -.'),
  prefix: KeyPrefix.default(''),
  signIn: SignIn.default('account-key'),
  ...ENTRA_SETTINGS,
});
export type AzureStorageSettings = z.infer<typeof AzureStorageSettings>;

/** Only the secret of the chosen sign-in method is set. */
export const AzureStorageSecrets = z.object({
  accountKey: z
    .string()
    .trim()
    .max(256)
    .regex(/^[A-Za-z0-9+/=]*$/, 'Enter the key as the Azure portal shows it (base64).')
    .default(''),
  sas: z
    .string()
    .trim()
    .max(4096)
    .transform((text) => text.slice(text.indexOf('?') + 1))
    .default(''),
  ...ENTRA_SECRETS,
});
export type AzureStorageSecrets = z.infer<typeof AzureStorageSecrets>;

const when = (...values: readonly SignIn[]) => ({ when: { field: 'signIn', values } });

export const AZURE_STORAGE_FIELDS: readonly TargetField[] = [
  {
    name: 'endpoint',
    label: 'Endpoint',
    input: 'text',
    secret: false,
    placeholder: 'https://contoso.blob.core.windows.net',
    hint: 'The Blob or Data Lake address of the account; for Fabric https://onelake.blob.fabric.microsoft.com',
  },
  {
    name: 'container',
    label: 'Container',
    input: 'text',
    secret: false,
    hint: 'The container must exist. In Fabric: the workspace.',
  },
  {
    name: 'prefix',
    label: 'Folder in the container',
    input: 'text',
    secret: false,
    optional: true,
    placeholder: 'entra',
    hint: 'In Fabric: the lakehouse and its files, such as directory.Lakehouse/Files/entra',
  },
  {
    name: 'signIn',
    label: 'Sign in with',
    input: 'choice',
    secret: false,
    initial: 'account-key',
    options: [
      { value: 'account-key', label: 'Account key' },
      { value: 'sas', label: 'Shared access signature' },
      { value: 'client-secret', label: 'Application, with a client secret' },
      { value: 'client-certificate', label: 'Application, with a certificate' },
      { value: 'managed-identity', label: 'Managed identity of the machine' },
    ],
    hint: 'Applications and identities need the role Storage Blob Data Contributor. In Fabric: Contributor of the workspace.',
  },
  { name: 'accountKey', label: 'Account key', input: 'password', secret: true, ...when('account-key') },
  {
    name: 'sas',
    label: 'Shared access signature',
    input: 'password',
    secret: true,
    ...when('sas'),
    hint: 'A signature of the container with the rights read, add, create, write, delete and list.',
  },
  ...ENTRA_FIELDS,
  ENTRA_AUTHORITY_FIELD,
];
