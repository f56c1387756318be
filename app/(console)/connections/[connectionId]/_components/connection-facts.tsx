import { TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { GatewayName } from '#components/gateway/gateway-name.tsx';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import type { ConnectionDto } from '#lib/domain/connection/connection.ts';

interface ConnectionFactsProps {
  readonly connection: ConnectionDto;
  readonly canEdit: boolean;
}

/** Identity, tenant and app registration of the connection, with its warnings. */
export function ConnectionFacts({ connection, canEdit }: ConnectionFactsProps) {
  const { account, tenant } = connection.identity;
  const appOnly = connection.signIn === 'app-only';
  return (
    <>
      <NeedsReauthentication connection={connection} canEdit={canEdit} />
      {connection.warnings.map(({ code, title, remedy }) => (
        <Notice key={code}>
          <span className="font-medium">{title}</span> {remedy}
        </Notice>
      ))}
      <dl className="grid gap-x-8 gap-y-3 px-4 py-3.5 sm:grid-cols-2">
        <Fact
          term={appOnly ? 'Application' : 'Account'}
          value={account.name ?? account.username}
          note={appOnly ? 'signs in as the application (app-only)' : account.name === null ? null : account.username}
        />
        <Fact term="Tenant" value={tenant.name ?? tenant.id} note={tenant.defaultDomain} />
        <Fact term="Tenant ID" value={tenant.id} mono />
        <Fact term="Client ID" value={connection.clientId} mono />
        <Fact term="Graph Base URL" value={connection.graphBaseUrl} note={connection.cloud} mono />
        <div className="min-w-0">
          <dt className="text-xs text-muted-foreground">Data gateway</dt>
          <dd className="text-sm">
            <GatewayName gateway={connection.gateway} />
          </dd>
        </div>
        <Times term="Verified" at={connection.lastVerifiedAt} note={`owned by ${connection.owner}`} />
        <Fact
          term={connection.credential === 'secret' ? 'Client secret' : 'Certificate'}
          value={ends(connection)}
          note={source(connection)}
        />
        {appOnly ? null : (
          <Times term="Tokens renewed" at={connection.tokensRenewedAt} note="expires after 90 days without use" />
        )}
        <Times term="Created" at={connection.createdAt} note={null} />
        <Times term="Changed" at={connection.updatedAt} note={null} />
      </dl>
    </>
  );
}

function NeedsReauthentication({ connection, canEdit }: ConnectionFactsProps) {
  if (connection.state !== 'needs-reauthentication') return null;
  return (
    <div className="space-y-3 border-b p-4">
      <ProblemAlert
        problem={
          connection.problem ?? {
            code: 'needs-reauthentication',
            title: 'Microsoft Entra ID no longer accepts the sign-in of this connection.',
            remedy: 'Authenticate the connection again.',
          }
        }
      />
      {canEdit ? (
        <Button asChild size="sm">
          <Link href={`/connections/${connection.id}/edit`}>Authenticate again</Link>
        </Button>
      ) : null}
    </div>
  );
}

function Notice({ children }: { readonly children: ReactNode }) {
  return (
    <p
      role="alert"
      className="flex gap-2.5 border-b border-amber-600/30 bg-amber-500/10 px-4 py-2.5 text-sm text-amber-900 dark:text-amber-200"
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>{children}</span>
    </p>
  );
}

function ends({ credentialExpiresAt }: ConnectionDto): string {
  return credentialExpiresAt === null ? 'expiry not known' : `expires on ${credentialExpiresAt.slice(0, 10)}`;
}

const SOURCES = {
  person: 'as entered by a person',
  registration: 'from the app registration',
  certificate: null,
} as const;

function source({ expirySource, certificate }: ConnectionDto): string | null {
  if (certificate !== null) return certificate.thumbprint;
  return expirySource === null ? 'choose Edit to enter the date; Entrada warns a month before' : SOURCES[expirySource];
}

function Times({ term, at, note }: { readonly term: string; readonly at: string; readonly note: string | null }) {
  return (
    <div>
      <dt className="text-xs text-muted-foreground">{term}</dt>
      <dd className="text-sm">
        <TimeAgo at={at} />
        {note === null ? null : <span className="block text-xs text-muted-foreground">{note}</span>}
      </dd>
    </div>
  );
}

interface FactProps {
  readonly term: string;
  readonly value: string;
  readonly note?: string | null;
  readonly mono?: boolean;
}

function Fact({ term, value, note = null, mono = false }: FactProps) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted-foreground">{term}</dt>
      <dd className="min-w-0">
        <span className="flex items-center gap-1">
          <span className={`min-w-0 truncate ${mono ? 'font-mono text-xs leading-5' : 'text-sm'}`} title={value}>
            {value}
          </span>
          {mono ? <CopyButton value={value} label={`Copy ${term}`} /> : null}
        </span>
        {note === null ? null : <span className="block truncate text-xs text-muted-foreground">{note}</span>}
      </dd>
    </div>
  );
}
