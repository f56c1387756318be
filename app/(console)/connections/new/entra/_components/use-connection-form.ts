'use client';

import { useEffect, useState } from 'react';
import { ConnectionName, type DemoConnectionDto } from '#lib/domain/connection.ts';
import {
  type ConnectionForm,
  EMPTY_FORM,
  formErrors,
  hasTellingMistake,
  readDraft,
  type SettingName,
  writeDraft,
} from './connection-form.ts';
import { useFinish } from './use-finish.ts';
import { useVerification } from './use-verification.ts';

const ALL_SETTINGS = Object.keys(EMPTY_FORM) as SettingName[];

/** Everything that the dialog holds and does. Runs in the browser only: it starts from what a reload has kept. */
export function useConnectionForm() {
  const [draft] = useState(readDraft);
  const [form, setForm] = useState<ConnectionForm>({ ...EMPTY_FORM, ...pickSettings(draft) });
  const [name, setName] = useState(draft?.name ?? '');
  const [openMetadata, setOpenMetadata] = useState(draft?.openMetadata ?? true);
  const [touched, setTouched] = useState<ReadonlySet<SettingName>>(new Set());
  const control = useVerification(draft?.verificationId ?? null, (verified) => {
    setName((typed) => (typed.trim() === '' ? (verified.suggestedName ?? '') : typed));
  });
  const verified = control.verification?.status === 'verified' && control.busy === null;
  const verificationId = control.verification?.id ?? null;
  const finish = useFinish({ verificationId, name, openMetadata });
  useDraft({ form, name, openMetadata, verificationId });

  function replace(next: ConnectionForm) {
    setForm(next);
    finish.forget();
    control.invalidate();
  }

  function authenticate() {
    setTouched(new Set(ALL_SETTINGS));
    finish.forget();
    if (Object.keys(formErrors(form)).length === 0) control.authenticate(form);
  }

  return {
    form,
    errors: shownErrors(form, touched, control.problem),
    name,
    openMetadata,
    control,
    verified,
    finish,
    canCreate: verified && !finish.creating && ConnectionName.safeParse(name).success,
    change: (field: SettingName, value: string) => (form[field] === value ? undefined : replace({ ...form, [field]: value })),
    touch: (field: SettingName) => setTouched(form[field] === '' ? touched : new Set([...touched, field])),
    fillInDemo: ({ clientId, clientSecret, graphBaseUrl, tenant }: DemoConnectionDto) =>
      replace({ gatewayId: '', clientId, clientSecret, graphBaseUrl, tenant }),
    authenticate,
    setName: (typed: string) => {
      setName(typed);
      finish.forget();
    },
    setOpenMetadata,
  };
}

/** Errors of the fields that were left once, a mistake that is telling while it is typed, and what the server refused. */
function shownErrors(
  form: ConnectionForm,
  touched: ReadonlySet<SettingName>,
  refused: { readonly field?: string; readonly title: string } | null,
): Partial<Record<SettingName, string>> {
  const errors = formErrors(form);
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
  readonly openMetadata: boolean;
  readonly verificationId: string | null;
}

function useDraft({ form, name, openMetadata, verificationId }: Kept) {
  const { gatewayId, clientId, graphBaseUrl, tenant } = form;
  useEffect(() => {
    writeDraft({ gatewayId, clientId, graphBaseUrl, tenant, name, openMetadata, verificationId });
  }, [gatewayId, clientId, graphBaseUrl, tenant, name, openMetadata, verificationId]);
}

function pickSettings(draft: ReturnType<typeof readDraft>): Partial<ConnectionForm> {
  if (draft === null) return {};
  const { gatewayId, clientId, graphBaseUrl, tenant } = draft;
  return { gatewayId, clientId, graphBaseUrl, tenant };
}
