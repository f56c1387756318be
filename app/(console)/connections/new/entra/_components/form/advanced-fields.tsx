'use client';

import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { SegmentedControl } from '#components/ui/form/segmented-control.tsx';
import type { FormFieldsProps } from './connection-form.ts';

const SIGN_INS = [
  { value: 'delegated', label: 'A person' },
  { value: 'app-only', label: 'The application' },
] as const;

const CREDENTIALS = [
  { value: 'secret', label: 'Client secret' },
  { value: 'certificate', label: 'Certificate' },
] as const;

/** App-only sign-in and certificate, which most connections do not use. */
export function AdvancedFields({ form, onChange }: Pick<FormFieldsProps, 'form' | 'onChange'>) {
  const [chosen, setChosen] = useState<boolean | null>(null);
  const special = form.signIn === 'app-only' || form.credential === 'certificate';
  const open = chosen ?? special;
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
        <span className="font-normal">(app-only sign-in, certificate)</span>
      </button>
      {open ? (
        <div className="mt-3 grid gap-4">
          <div className="flex flex-wrap gap-x-8 gap-y-4">
            <Choice
              label="Signs in"
              hint={appOnly ? 'With application permissions, without an authentication code.' : 'With delegated permissions.'}
            >
              <SegmentedControl
                label="Signs in"
                value={form.signIn}
                options={SIGN_INS}
                onValueChange={(value) => onChange('signIn', value)}
              />
            </Choice>
            <Choice
              label="Credential of the application"
              hint="The credential that the registration has under Certificates & secrets."
            >
              <SegmentedControl
                label="Credential of the application"
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
