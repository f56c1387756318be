'use client';

import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { SegmentedControl } from '#components/ui/segmented-control.tsx';
import type { FormFieldsProps } from './connection-form.ts';

const SIGN_INS = [
  { value: 'delegated', label: 'A person' },
  { value: 'app-only', label: 'The application' },
] as const;

const CREDENTIALS = [
  { value: 'secret', label: 'Client secret' },
  { value: 'certificate', label: 'Certificate' },
] as const;

/** Tenant, app-only sign-in and certificate: what most connections leave as it is. */
export function AdvancedFields({ form, error, onChange, onBlur }: FormFieldsProps & { readonly error: string | undefined }) {
  const [chosen, setChosen] = useState<boolean | null>(null);
  const special = form.tenant !== '' || form.signIn === 'app-only' || form.credential === 'certificate';
  const open = error !== undefined || (chosen ?? special);
  const appOnly = form.signIn === 'app-only';
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        aria-label="Advanced"
        onClick={() => setChosen(!open)}
        className="flex items-center gap-1 rounded-sm font-medium text-muted-foreground hover:text-foreground"
      >
        <ChevronRight aria-hidden className={`size-4 transition-transform ${open ? 'rotate-90' : ''}`} />
        Advanced
        <span className="font-normal">(tenant, app-only sign-in, certificate)</span>
      </button>
      {open ? (
        <div className="mt-3 grid gap-4">
          <Field
            label="Tenant"
            optional={!appOnly}
            error={error}
            hint={
              appOnly
                ? 'Tenant ID or a domain of it: an application signs in to one tenant.'
                : 'Tenant ID or domain. Single-tenant registrations need it; empty means organizations.'
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
          <div className="flex flex-wrap gap-x-8 gap-y-4">
            <Choice
              label="Signs in"
              hint={appOnly ? 'With application permissions, without a code.' : 'With delegated permissions.'}
            >
              <SegmentedControl
                label="Signs in"
                value={form.signIn}
                options={SIGN_INS}
                onValueChange={(value) => onChange('signIn', value)}
              />
            </Choice>
            <Choice label="Proof of the application" hint="What the registration has under Certificates & secrets.">
              <SegmentedControl
                label="Proof of the application"
                value={form.credential}
                options={CREDENTIALS}
                onValueChange={(value) => onChange('credential', value)}
              />
            </Choice>
          </div>
        </div>
      ) : null}
    </div>
  );
}

function Choice({
  label,
  hint,
  children,
}: {
  readonly label: string;
  readonly hint: string;
  readonly children: React.ReactNode;
}) {
  return (
    <div className="grid content-start gap-1.5">
      <p className="text-sm font-medium">{label}</p>
      {children}
      <p className="text-xs text-muted-foreground">{hint}</p>
    </div>
  );
}
