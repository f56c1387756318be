'use client';

import { useEffect, useState } from 'react';
import { type ConnectionDto, ConnectionName, type DemoConnectionDto } from '#lib/domain/connection/connection.ts';
import { useFinish } from '../use-finish.ts';
import { useVerification } from '../verification/use-verification.ts';
import {
  type ConnectionForm,
  EMPTY_FORM,
  formErrors,
  formOf,
  hasTellingMistake,
  needsSignIn,
  readDraft,
  type SettingName,
  writeDraft,
} from './connection-form.ts';

const ALL_SETTINGS = Object.keys(EMPTY_FORM) as SettingName[];

/**
 * State and actions of the dialog, for a new or an existing connection. Runs only in the browser: it starts with the
 * draft of before a page reload.
 */
export function useConnectionForm(existing: ConnectionDto | null) {
  const [draft] = useState(() => readDraft(existing));
  const [form, setForm] = useState<ConnectionForm>(() => ({
    ...(existing === null ? EMPTY_FORM : formOf(existing)),
    ...pickSettings(draft),
  }));
  const [name, setName] = useState(draft?.name ?? existing?.name ?? '');
  const [expiresOn, setExpiresOn] = useState(draft?.expiresOn ?? typedDay(existing));
  const [openMetadata, setOpenMetadata] = useState(draft?.openMetadata ?? true);
  const [touched, setTouched] = useState<ReadonlySet<SettingName>>(new Set());
  const control = useVerification(draft?.verificationId ?? null, existing, (verified) => {
    setName((typed) => (typed.trim() === '' ? (verified.suggestedName ?? '') : typed));
  });
  const verified = control.verification?.status === 'verified' && control.busy === null;
  const verificationId = control.verification?.id ?? null;
  const finish = useFinish({ existing, form, verificationId: verified ? verificationId : null, name, expiresOn, openMetadata });
  useDraft(existing, { form, name, expiresOn, openMetadata, verificationId });
  const errors = formErrors(form, existing);
  const complete = Object.keys(errors).length === 0;
  const nameHolds = ConnectionName.safeParse(name).success;
  const saveable = existing !== null && complete && !needsSignIn(form, existing);

  function replace(next: ConnectionForm) {
    setForm(next);
    finish.forget();
    control.invalidate();
  }

  function authenticate() {
    setTouched(new Set(ALL_SETTINGS));
    finish.forget();
    if (complete) control.authenticate(form);
  }

  return {
    form,
    errors: shownErrors(form, errors, touched, control.problem),
    name,
    expiresOn,
    openMetadata,
    control,
    verified,
    finish,
    canFinish: (verified || saveable) && !finish.finishing && nameHolds,
    change: <F extends SettingName>(field: F, value: ConnectionForm[F]) =>
      form[field] === value ? undefined : replace({ ...form, [field]: value }),
    touch: (field: SettingName) => setTouched(form[field] === '' ? touched : new Set([...touched, field])),
    fillInDemo: ({ clientId, clientSecret, graphBaseUrl, tenant }: DemoConnectionDto) =>
      replace({ ...EMPTY_FORM, signIn: form.signIn, clientId, clientSecret, graphBaseUrl, tenant }),
    authenticate,
    setName: (typed: string) => {
      setName(typed);
      finish.forget();
    },
    setExpiresOn: (day: string) => {
      setExpiresOn(day);
      finish.forget();
    },
    setOpenMetadata,
  };
}

/** The date that a person entered earlier; not one from the app registration. */
function typedDay(existing: ConnectionDto | null): string {
  return existing?.expirySource === 'person' ? (existing.credentialExpiresAt?.slice(0, 10) ?? '') : '';
}

/** Errors of fields that lost the focus, mistakes that are certain during typing, and refusals of the server. */
function shownErrors(
  form: ConnectionForm,
  errors: Partial<Record<SettingName, string>>,
  touched: ReadonlySet<SettingName>,
  refused: { readonly field?: string; readonly title: string } | null,
): Partial<Record<SettingName, string>> {
  const shown: Partial<Record<SettingName, string>> = {};
  for (const field of ALL_SETTINGS) {
    const visible = touched.has(field) || (field === 'clientSecret' && hasTellingMistake(form));
    const message = refused?.field === field ? refused.title : visible ? errors[field] : undefined;
    if (message !== undefined) shown[field] = message;
  }
  return shown;
}

interface Kept {
  readonly form: ConnectionForm;
  readonly name: string;
  readonly expiresOn: string;
  readonly openMetadata: boolean;
  readonly verificationId: string | null;
}

function useDraft(existing: ConnectionDto | null, { form, name, expiresOn, openMetadata, verificationId }: Kept) {
  useEffect(() => {
    const { clientSecret: _, ...settings } = form;
    writeDraft(existing, { ...settings, name, expiresOn, openMetadata, verificationId });
  }, [existing, form, name, expiresOn, openMetadata, verificationId]);
}

function pickSettings(draft: ReturnType<typeof readDraft>): Partial<ConnectionForm> {
  if (draft === null) return {};
  const { gatewayId, clientId, credential, certificateId, graphBaseUrl, tenant, signIn } = draft;
  return { gatewayId, clientId, credential, certificateId, graphBaseUrl, tenant, signIn };
}
