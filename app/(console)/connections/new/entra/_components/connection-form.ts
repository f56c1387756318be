import { z } from 'zod';
import { ConnectionSettingsInput, DEFAULT_GRAPH_BASE_URL, GUID } from '#lib/domain/connection.ts';

/** What is typed into the dialog, as text. */
export interface ConnectionForm {
  /** Empty: none. */
  readonly gatewayId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly graphBaseUrl: string;
  readonly tenant: string;
}

export type SettingName = keyof ConnectionForm;

export const EMPTY_FORM: ConnectionForm = {
  gatewayId: '',
  clientId: '',
  clientSecret: '',
  graphBaseUrl: DEFAULT_GRAPH_BASE_URL,
  tenant: '',
};

/** What startVerification takes. */
export function settingsOf(form: ConnectionForm): z.input<typeof ConnectionSettingsInput> {
  return { ...form, gatewayId: form.gatewayId === '' ? null : form.gatewayId };
}

/** What is wrong with each field; empty when the form can be sent. */
export function formErrors(form: ConnectionForm): Partial<Record<SettingName, string>> {
  const parsed = ConnectionSettingsInput.safeParse(settingsOf(form));
  if (parsed.success) return {};
  const errors: Partial<Record<string, string>> = {};
  for (const issue of parsed.error.issues) errors[String(issue.path[0])] ??= issue.message;
  return errors;
}

/** Fields whose error is worth showing while the person still types: a secret ID in place of the secret never gets right by typing on. */
export function hasTellingMistake(form: ConnectionForm): boolean {
  return GUID.test(form.clientSecret.trim());
}

/** What a reload of the page keeps; the secret is not in it. */
export const Draft = z.object({
  gatewayId: z.string(),
  clientId: z.string(),
  graphBaseUrl: z.string(),
  tenant: z.string(),
  name: z.string(),
  openMetadata: z.boolean(),
  verificationId: z.string().nullable(),
});
export type Draft = z.infer<typeof Draft>;

const DRAFT_KEY = 'entrada:new-connection';

export function readDraft(): Draft | null {
  const text = sessionStorage.getItem(DRAFT_KEY);
  if (text === null) return null;
  try {
    return Draft.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function writeDraft(draft: Draft): void {
  sessionStorage.setItem(DRAFT_KEY, JSON.stringify(draft));
}

export function clearDraft(): void {
  sessionStorage.removeItem(DRAFT_KEY);
}
