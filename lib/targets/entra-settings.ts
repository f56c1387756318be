import { z } from 'zod';
import type { TargetField } from '#lib/domain/target/target.ts';
import { Endpoint } from '#lib/targets/lake/store-settings.ts';

/** Settings of a target that signs in as an application or a managed identity of Microsoft Entra ID. */
export const ENTRA_SETTINGS = {
  tenantId: z
    .string()
    .trim()
    .max(253)
    .regex(/^[A-Za-z0-9.-]*$/, 'Enter a tenant ID or a domain.')
    .default(''),
  /** Of the application, or of a user-assigned managed identity. */
  clientId: z
    .string()
    .trim()
    .max(64)
    .refine((text) => text === '' || /^[0-9a-f-]{36}$/i.test(text), 'Enter an ID such as 6e7b768e-07e2-4810-8459-485f84f8f204.')
    .default(''),
  /** Of another cloud than the public one; empty: that. */
  authority: Endpoint.default(''),
};

/** Input of a person; only the secret of the chosen sign-in is set. */
export const ENTRA_SECRETS = {
  clientSecret: z.string().trim().max(1024).default(''),
  /** Certificate and private key. */
  certificatePem: z.string().trim().max(65_536).default(''),
};

interface EntraApplication {
  readonly signIn: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly certificatePem: string;
}

/** Calls `missing` for each field that the sign-in as an application requires. Other sign-ins require none. */
export function requireEntraApplication(
  { signIn, tenantId, clientId, clientSecret, certificatePem }: EntraApplication,
  missing: (path: string, message: string) => void,
): void {
  if (!signIn.startsWith('client-')) return;
  if (tenantId === '') missing('settings.tenantId', 'Enter the tenant.');
  if (clientId === '') missing('settings.clientId', 'Enter the client ID of the application.');
  if (signIn === 'client-secret' && clientSecret === '') missing('secrets.clientSecret', 'Enter the client secret.');
  if (signIn === 'client-certificate' && !certificatePem.includes('PRIVATE KEY'))
    missing('secrets.certificatePem', 'Paste the certificate and its private key in PEM form.');
}

const when = (...values: readonly string[]) => ({ when: { field: 'signIn', values } });

/** The form fields of the application or identity, shown for the sign-ins that need them. */
export const ENTRA_FIELDS: readonly TargetField[] = [
  { name: 'tenantId', label: 'Tenant', input: 'text', secret: false, ...when('client-secret', 'client-certificate') },
  {
    name: 'clientId',
    label: 'Client ID',
    input: 'text',
    secret: false,
    ...when('client-secret', 'client-certificate', 'managed-identity'),
    hint: 'The client ID of the application. For a managed identity: only if it is user-assigned.',
  },
  { name: 'clientSecret', label: 'Client secret', input: 'password', secret: true, ...when('client-secret') },
  {
    name: 'certificatePem',
    label: 'Certificate and private key (PEM)',
    input: 'lines',
    secret: true,
    ...when('client-certificate'),
  },
];

export const ENTRA_AUTHORITY_FIELD: TargetField = {
  name: 'authority',
  label: 'Sign-in address',
  input: 'text',
  secret: false,
  optional: true,
  placeholder: 'https://login.microsoftonline.com',
  ...when('client-secret', 'client-certificate'),
  hint: 'Only for national clouds, for example https://login.microsoftonline.us',
};
