import { z } from 'zod';
import {
  type ConnectionDto,
  ConnectionSettingsInput,
  CredentialKind,
  DEFAULT_GRAPH_BASE_URL,
  DEFAULT_TENANT,
  GUID,
  SignInMethod,
} from '#lib/domain/connection/connection.ts';
import { gatewayChoiceOf } from '#lib/domain/gateway/gateway.ts';

/** Input of the dialog, as text. */
export interface ConnectionForm {
  /** Id of a gateway or of a group; empty: none. */
  readonly gatewayId: string;
  readonly clientId: string;
  readonly credential: CredentialKind;
  readonly clientSecret: string;
  /** Empty: none yet. */
  readonly certificateId: string;
  readonly graphBaseUrl: string;
  readonly tenant: string;
  readonly signIn: SignInMethod;
}

export type SettingName = keyof ConnectionForm;

/** Props of every part of the form. */
export interface FormFieldsProps {
  readonly form: ConnectionForm;
  readonly onChange: <F extends SettingName>(field: F, value: ConnectionForm[F]) => void;
  readonly onBlur: (field: SettingName) => void;
}

export const EMPTY_FORM: ConnectionForm = {
  gatewayId: '',
  clientId: '',
  credential: 'secret',
  clientSecret: '',
  certificateId: '',
  graphBaseUrl: DEFAULT_GRAPH_BASE_URL,
  tenant: '',
  signIn: 'delegated',
};

/** The form of an existing connection, without its secret, which stays unless another one is entered. */
export function formOf(connection: ConnectionDto): ConnectionForm {
  const { gateway, clientId, credential, certificate, graphBaseUrl, tenant, signIn } = connection;
  return {
    gatewayId: gateway?.id ?? '',
    clientId,
    credential,
    clientSecret: '',
    certificateId: certificate?.id ?? '',
    graphBaseUrl,
    tenant: tenant === DEFAULT_TENANT ? '' : tenant,
    signIn,
  };
}

/** Input of startVerification and verifyApplication. */
export function settingsOf(form: ConnectionForm, existing: ConnectionDto | null): z.input<typeof ConnectionSettingsInput> {
  const { gatewayId, certificateId, ...rest } = form;
  return {
    ...rest,
    clientSecret: form.credential === 'secret' ? form.clientSecret : '',
    ...gatewayChoiceOf(gatewayId),
    certificateId: form.credential === 'certificate' && certificateId !== '' ? certificateId : null,
    // A change of the credential's kind requires a new credential.
    connectionId: existing === null ? null : existing.id,
  };
}

/** Whether a changed connection needs a new sign-in: a setting that Entra binds tokens to has changed. */
export function needsSignIn(form: ConnectionForm, existing: ConnectionDto): boolean {
  const before = formOf(existing);
  return (['clientId', 'graphBaseUrl', 'tenant', 'signIn'] as const).some((field) => form[field].trim() !== before[field]);
}

/** Errors by field; empty when the form can be sent. */
export function formErrors(form: ConnectionForm, existing: ConnectionDto | null = null): Partial<Record<SettingName, string>> {
  const parsed = ConnectionSettingsInput.safeParse(settingsOf(form, existing));
  const errors: Partial<Record<SettingName, string>> = {};
  for (const issue of parsed.error?.issues ?? []) {
    const field = String(issue.path[0]);
    if (isSetting(field)) errors[field] ??= issue.message;
  }
  if (existing !== null && form.credential !== existing.credential) {
    if (form.credential === 'secret' && form.clientSecret === '') errors.clientSecret = 'Paste the Value of a client secret.';
    if (form.credential === 'certificate' && form.certificateId === '')
      errors.certificateId = 'Generate a certificate or upload one.';
  }
  return errors;
}

function isSetting(field: string): field is SettingName {
  return field in EMPTY_FORM;
}

/** Whether a field has a mistake that further typing cannot fix, e.g. a secret ID in place of the secret. */
export function hasTellingMistake(form: ConnectionForm): boolean {
  return GUID.test(form.clientSecret.trim());
}

/** Input that survives a page reload; excludes the secret. */
export const Draft = z.object({
  gatewayId: z.string(),
  clientId: z.string(),
  credential: CredentialKind.catch('secret'),
  certificateId: z.string().catch(''),
  graphBaseUrl: z.string(),
  tenant: z.string(),
  signIn: SignInMethod.catch('delegated'),
  name: z.string(),
  expiresOn: z.string().catch(''),
  openMetadata: z.boolean(),
  verificationId: z.string().nullable(),
});
export type Draft = z.infer<typeof Draft>;

/** Each connection under edit has its own draft, as has a new one. */
const draftKey = (existing: ConnectionDto | null) =>
  existing === null ? 'entrada:new-connection' : `entrada:connection:${existing.id}`;

export function readDraft(existing: ConnectionDto | null): Draft | null {
  const text = sessionStorage.getItem(draftKey(existing));
  if (text === null) return null;
  try {
    return Draft.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function writeDraft(existing: ConnectionDto | null, draft: Draft): void {
  sessionStorage.setItem(draftKey(existing), JSON.stringify(draft));
}

export function clearDraft(existing: ConnectionDto | null): void {
  sessionStorage.removeItem(draftKey(existing));
}
