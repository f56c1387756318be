'use client';

import { GatewaySelect } from '#components/gateway/gateway-select.tsx';
import { Combobox } from '#components/ui/form/combobox.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { PasswordInput } from '#components/ui/form/password-input.tsx';
import type { Cloud } from '#lib/domain/connection/connection.ts';
import type { GatewayOptionDto } from '#lib/domain/gateway/gateway.ts';
import { AdvancedFields } from './advanced-fields.tsx';
import { CertificateField } from './certificate-field.tsx';
import type { FormFieldsProps, SettingName } from './connection-form.ts';

interface SettingsFieldsProps extends FormFieldsProps {
  readonly errors: Partial<Record<SettingName, string>>;
  readonly gateways: readonly GatewayOptionDto[];
  readonly clouds: readonly Cloud[];
  /** Why the field may stay empty: the server has the secret already; null: it has none. */
  readonly secretKept: 'from-before-reload' | 'stored' | null;
}

const KEPT_WORDS = {
  'from-before-reload': 'Kept after the page was reloaded',
  stored: 'Unchanged',
} as const;

export function SettingsFields(props: SettingsFieldsProps) {
  const { form, errors, clouds, secretKept, onChange, onBlur } = props;
  return (
    <div className="grid gap-4">
      <GatewayField {...props} />
      <Field label="Client ID" error={errors.clientId} hint="Application (client) ID, on the registration's Overview page.">
        <Input
          value={form.clientId}
          onChange={(event) => onChange('clientId', event.target.value)}
          onBlur={() => onBlur('clientId')}
          placeholder="00000000-0000-0000-0000-000000000000"
          spellCheck={false}
          autoComplete="off"
          className="font-mono"
        />
      </Field>
      {form.credential === 'certificate' ? (
        <CertificateField
          certificateId={form.certificateId}
          error={errors.certificateId}
          onChange={(id) => onChange('certificateId', id)}
        />
      ) : (
        <Field
          label="Client Secret"
          error={errors.clientSecret}
          hint={
            secretKept === 'stored'
              ? 'Leave the field empty to keep the stored secret, or paste the Value of a new secret.'
              : 'The Value of a client secret, not its Secret ID.'
          }
        >
          <PasswordInput
            what="client secret"
            value={form.clientSecret}
            onChange={(event) => onChange('clientSecret', event.target.value)}
            onBlur={() => onBlur('clientSecret')}
            autoComplete="new-password"
            placeholder={secretKept === null ? '' : KEPT_WORDS[secretKept]}
          />
        </Field>
      )}
      <TenantField {...props} />
      <Field label="Graph Base URL" error={errors.graphBaseUrl} hint="The host sets the national cloud and the sign-in page.">
        <Combobox
          what="Graph Base URL"
          value={form.graphBaseUrl}
          onValueChange={(value) => onChange('graphBaseUrl', value)}
          onBlur={() => onBlur('graphBaseUrl')}
          options={clouds.flatMap((cloud) =>
            ['v1.0', 'beta'].map((version) => ({
              value: `${cloud.graphOrigin}/${version}`,
              label: `${cloud.name} · ${version}`,
            })),
          )}
          className="font-mono"
        />
      </Field>
      <AdvancedFields form={form} onChange={onChange} />
    </div>
  );
}

function TenantField({ form, errors, onChange, onBlur }: SettingsFieldsProps) {
  const appOnly = form.signIn === 'app-only';
  return (
    <Field
      label="Tenant"
      optional={!appOnly}
      error={errors.tenant}
      hint={
        appOnly
          ? 'Directory (tenant) ID or a domain of the tenant. An application signs in to one tenant.'
          : 'Directory (tenant) ID, on the same Overview page. Required unless the registration is multitenant. Empty: organizations.'
      }
    >
      <Input
        value={form.tenant}
        onChange={(event) => onChange('tenant', event.target.value)}
        onBlur={() => onBlur('tenant')}
        placeholder={appOnly ? 'contoso.com' : 'organizations'}
        spellCheck={false}
        autoComplete="off"
      />
    </Field>
  );
}

function GatewayField({ form, errors, gateways, onChange }: SettingsFieldsProps) {
  return (
    <GatewaySelect
      label="Data gateway"
      options={gateways}
      value={form.gatewayId}
      onValueChange={(value) => onChange('gatewayId', value)}
      error={errors.gatewayId}
      noneHint="None: this server sends requests to Microsoft Entra ID and Graph itself."
      chosenHint={({ name }) => `${name} sends all requests to Microsoft Entra ID and Graph; this server sends none.`}
    />
  );
}
