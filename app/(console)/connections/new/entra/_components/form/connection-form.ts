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

/** What is typed into the dialog, as text. */
export interface ConnectionForm {
  /** Of a gateway or of a group; empty: none. */
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

/** What every part of the form needs. */
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

/** The form of an existing connection; its secret isn't in it, and stays unless another is typed. */
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

/** What startVerification and verifyApplication take. */
export function settingsOf(form: ConnectionForm, existing: ConnectionDto | null): z.input<typeof ConnectionSettingsInput> {
  const { gatewayId, certificateId, ...rest } = form;
  return {
    ...rest,
    clientSecret: form.credential === 'secret' ? form.clientSecret : '',
    ...gatewayChoiceOf(gatewayId),
    certificateId: form.credential === 'certificate' && certificateId !== '' ? certificateId : null,
    // Another kind of credential than the stored one can't be left out.
    connectionId: existing === null ? null : existing.id,
  };
}

/** Whether a changed connection needs a new sign-in: what Entra ties its tokens to has changed. */
export function needsSignIn(form: ConnectionForm, existing: ConnectionDto): boolean {
  const before = formOf(existing);
  return (['clientId', 'graphBaseUrl', 'tenant', 'signIn'] as const).some((field) => form[field].trim() !== before[field]);
}

/** What is wrong with each field; empty when the form can be sent. */
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

/** Fields whose error is worth showing while the person still types: a secret ID in place of the secret never gets right by typing on. */
export function hasTellingMistake(form: ConnectionForm): boolean {
  return GUID.test(form.clientSecret.trim());
}

/** What a reload of the page keeps; the secret is not in it. */
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

/** Each connection that is changed keeps its own draft beside that of a new one. */
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
