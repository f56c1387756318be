'use client';

import { ArrowUpRight } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { SegmentedControl } from '#components/ui/form/segmented-control.tsx';
import type { PermissionAdvice, PreparationDto } from '#lib/domain/connection/connection.ts';
import { WantedDatasets } from './wanted-datasets.tsx';

const WAYS = [
  { value: 'portal', label: 'Step by step' },
  { value: 'az', label: 'az script' },
  { value: 'manifest', label: 'Manifest' },
  { value: 'mail', label: 'Mail' },
] as const;

interface PreparationPanelProps {
  readonly preparation: PreparationDto;
  readonly wanted: readonly string[] | null;
  readonly onWanted: (wanted: readonly string[] | null) => void;
}

export function PreparationPanel({ preparation, wanted, onWanted }: PreparationPanelProps) {
  const [way, setWay] = useState<(typeof WAYS)[number]['value']>('portal');
  return (
    <div className="space-y-4">
      <WantedDatasets catalogue={preparation.catalogue} wanted={wanted} onWanted={onWanted} />
      <SegmentedControl label="Way to register" value={way} options={WAYS} onValueChange={setWay} />
      {way === 'portal' ? <Steps preparation={preparation} /> : null}
      {way === 'az' ? (
        <Way words="Run this in a shell where az is signed in to the tenant. At the end, it prints the Client ID and the Client Secret.">
          <CodeBlock code={preparation.azScript} label="az script" />
        </Way>
      ) : null}
      {way === 'manifest' ? (
        <Way words="In the registration's Manifest, replace requiredResourceAccess with this text.">
          <CodeBlock code={preparation.requiredResourceAccess} label="requiredResourceAccess" />
        </Way>
      ) : null}
      {way === 'mail' ? (
        <Way words="Send this text to the tenant administrator. Enter the Client ID first, so that the text contains the link.">
          <CodeBlock code={preparation.administratorText} label="text for the administrator" wrap />
        </Way>
      ) : null}
    </div>
  );
}

function Way({ words, children }: { readonly words: string; readonly children: ReactNode }) {
  return (
    <div className="space-y-2">
      <p className="text-muted-foreground">{words}</p>
      {children}
    </div>
  );
}

function Steps({ preparation }: { readonly preparation: PreparationDto }) {
  const { appName, redirectUri, permissions, adminConsentUrl } = preparation;
  const appOnly = preparation.signIn === 'app-only';
  const kind = appOnly ? 'application' : 'delegated';
  return (
    <ol className="space-y-5">
      <Step number={1} title="Register an application">
        <p>
          In the Microsoft Entra admin center: App registrations, New registration, accounts in this organizational directory
          only.
        </p>
        <CopyLine label="Name" value={appName} />
        <CopyLine label="Redirect URI (platform Web)" value={redirectUri} />
        <p>
          Then copy the <b className="text-foreground">Application (client) ID</b> and the{' '}
          <b className="text-foreground">Directory (tenant) ID</b> from its Overview page.
        </p>
      </Step>
      <Step number={2} title="Create a client secret or a certificate">
        <p>
          Certificates &amp; secrets, New client secret. Copy its <b className="text-foreground">Value</b>, which is shown only
          once, not its Secret ID. A secret is valid for 24 months at most: note the date. Or choose Certificate under Advanced,
          and upload the certificate that Entrada generates there.
        </p>
      </Step>
      <Step number={3} title={`Add ${kind} permissions`}>
        <p>
          API permissions, Add a permission, Microsoft Graph, {appOnly ? 'Application' : 'Delegated'} permissions. All of these
          permissions only read.
        </p>
        <Permissions permissions={permissions} kind={kind} />
      </Step>
      <Step number={4} title="Ask an administrator for consent">
        {adminConsentUrl === null ? (
          <p>Enter the Client ID to see the link for the administrator here.</p>
        ) : (
          <>
            <p>A tenant administrator opens this link once. The tab Mail has a text to send with the link.</p>
            <CodeBlock code={adminConsentUrl} label="admin consent link" wrap />
            <a
              href={adminConsentUrl}
              target="_blank"
              rel="noreferrer"
              className="inline-flex items-center gap-1 text-primary underline underline-offset-2"
            >
              Open the admin consent page
              <ArrowUpRight aria-hidden className="size-3.5" />
            </a>
          </>
        )}
      </Step>
      <Step number={5} title={appOnly ? 'Fill in and verify' : 'Fill in and authenticate'}>
        <p>
          Paste the Application (client) ID as the Client ID and the Directory (tenant) ID as the Tenant.{' '}
          {appOnly
            ? 'An application signs in to one tenant.'
            : 'A registration for this organizational directory only refuses sign-ins without the tenant.'}
        </p>
      </Step>
    </ol>
  );
}

function Step({ number, title, children }: { readonly number: number; readonly title: string; readonly children: ReactNode }) {
  return (
    <li className="flex gap-3">
      <span
        aria-hidden
        className="grid size-5 shrink-0 place-items-center rounded-full border bg-card text-xs font-semibold tabular-nums"
      >
        {number}
      </span>
      <div className="min-w-0 flex-1 space-y-2 text-muted-foreground">
        <h3 className="font-medium text-foreground">{title}</h3>
        {children}
      </div>
    </li>
  );
}

function CopyLine({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <div className="flex items-center gap-2 rounded-md border bg-card py-1 pr-1 pl-2.5">
      <div className="min-w-0 flex-1">
        <p className="text-xs">{label}</p>
        <p className="font-mono text-xs break-all text-foreground">{value}</p>
      </div>
      <CopyButton value={value} label={`Copy ${label}`} />
    </div>
  );
}

function Permissions({ permissions, kind }: { readonly permissions: readonly PermissionAdvice[]; readonly kind: string }) {
  return (
    <div className="overflow-hidden rounded-md border bg-card">
      <section
        aria-label={kind === 'application' ? 'Application permissions' : 'Delegated permissions'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable by keyboard
        tabIndex={0}
        className="max-h-60 overflow-y-auto focus-visible:-outline-offset-2"
      >
        <table className="w-full text-left text-xs">
          <thead className="sticky top-0 bg-muted">
            <tr>
              <th scope="col" className="px-2.5 py-1.5 font-medium">
                Permission
              </th>
              <th scope="col" className="px-2.5 py-1.5 font-medium">
                Consent
              </th>
              <th scope="col" className="w-8">
                <span className="sr-only">Copy</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {permissions.map(({ name, adminConsent, datasets, optional }) => (
              <tr key={name} className="border-t" title={datasets.join(', ')}>
                <td className="px-2.5 py-0.5 font-mono break-all text-foreground">{name}</td>
                <td className="px-2.5 py-0.5 whitespace-nowrap">
                  {adminConsent ? 'Administrator' : 'Anybody'}
                  {optional === true ? ', optional' : null}
                </td>
                <td>
                  <CopyButton value={name} label={`Copy ${name}`} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div className="border-t px-1 py-1">
        <CopyButton value={permissions.map(({ name }) => name).join('\n')} size="sm">
          Copy all {permissions.length}
        </CopyButton>
      </div>
    </div>
  );
}
