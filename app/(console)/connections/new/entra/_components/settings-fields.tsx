'use client';

import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Combobox } from '#components/ui/combobox.tsx';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { PasswordInput } from '#components/ui/password-input.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from '#components/ui/select.tsx';
import type { Cloud } from '#lib/domain/connection.ts';
import type { ConnectionForm, SettingName } from './connection-form.ts';

export interface GatewayChoice {
  readonly id: string;
  readonly name: string;
  readonly connected: boolean;
}

interface SettingsFieldsProps {
  readonly form: ConnectionForm;
  readonly errors: Partial<Record<SettingName, string>>;
  readonly gateways: readonly GatewayChoice[];
  readonly clouds: readonly Cloud[];
  /** A secret was sent already and is kept by the server. */
  readonly secretKept: boolean;
  readonly onChange: (field: SettingName, value: string) => void;
  readonly onBlur: (field: SettingName) => void;
}

/** Radix's select takes no empty value. */
const NONE = 'none';

export function SettingsFields({ form, errors, gateways, clouds, secretKept, onChange, onBlur }: SettingsFieldsProps) {
  const gateway = gateways.find((candidate) => candidate.id === form.gatewayId);
  const away = gateway !== undefined && !gateway.connected;
  return (
    <div className="grid gap-4">
      <Select value={form.gatewayId || NONE} onValueChange={(value) => onChange('gatewayId', value === NONE ? '' : value)}>
        <Field
          label="Data gateway"
          error={errors.gatewayId}
          hint={
            away
              ? 'This gateway is not connected now: nothing can be verified until it is.'
              : 'None: this server talks to Microsoft Graph itself.'
          }
        >
          <SelectTrigger>
            <SelectValue />
          </SelectTrigger>
        </Field>
        <SelectContent>
          <SelectItem value={NONE}>None</SelectItem>
          {gateways.map(({ id, name, connected }) => (
            <SelectItem key={id} value={id}>
              {connected ? name : `${name} (disconnected)`}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
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
      <Field label="Client Secret" error={errors.clientSecret} hint="The Value of a client secret, not its Secret ID.">
        <PasswordInput
          what="client secret"
          value={form.clientSecret}
          onChange={(event) => onChange('clientSecret', event.target.value)}
          onBlur={() => onBlur('clientSecret')}
          autoComplete="new-password"
          placeholder={secretKept ? 'Kept from before the page was reloaded' : ''}
        />
      </Field>
      <Field label="Graph Base URL" error={errors.graphBaseUrl} hint="Its host decides the national cloud and where you sign in.">
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
      <Advanced form={form} error={errors.tenant} onChange={onChange} onBlur={onBlur} />
    </div>
  );
}

function Advanced({
  form,
  error,
  onChange,
  onBlur,
}: Pick<SettingsFieldsProps, 'form' | 'onChange' | 'onBlur'> & { readonly error: string | undefined }) {
  const [chosen, setChosen] = useState<boolean | null>(null);
  const open = error !== undefined || (chosen ?? form.tenant !== '');
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setChosen(!open)}
        className="flex items-center gap-1 rounded-sm font-medium text-muted-foreground hover:text-foreground"
      >
        <ChevronRight aria-hidden className={`size-4 transition-transform ${open ? 'rotate-90' : ''}`} />
        Advanced
      </button>
      {open ? (
        <Field
          label="Tenant"
          optional
          className="mt-3"
          error={error}
          hint="Tenant ID or domain. Single-tenant registrations need it; empty means organizations."
        >
          <Input
            value={form.tenant}
            onChange={(event) => onChange('tenant', event.target.value)}
            onBlur={() => onBlur('tenant')}
            placeholder="organizations"
            spellCheck={false}
            autoComplete="off"
          />
        </Field>
      ) : null}
    </div>
  );
}
