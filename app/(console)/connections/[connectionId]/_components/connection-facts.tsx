import { TriangleAlert } from 'lucide-react';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import type { ConnectionDto } from '#lib/domain/connection.ts';

/** Who the connection signs in as, where, and through which registration. */
export function ConnectionFacts({ connection }: { readonly connection: ConnectionDto }) {
  const { account, tenant } = connection.identity;
  return (
    <>
      {connection.state === 'needs-reauthentication' ? (
        <p
          role="alert"
          className="flex gap-2.5 border-b border-amber-600/30 bg-amber-500/10 px-4 py-2.5 text-sm text-amber-900 dark:text-amber-200"
        >
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          Microsoft Entra ID no longer accepts the sign-in of this connection. Create the connection again and authenticate with
          the same account.
        </p>
      ) : null}
      <dl className="grid gap-x-8 gap-y-3 px-4 py-3.5 sm:grid-cols-2">
        <Fact term="Account" value={account.name ?? account.username} note={account.name === null ? null : account.username} />
        <Fact term="Tenant" value={tenant.name ?? tenant.id} note={tenant.defaultDomain} />
        <Fact term="Tenant ID" value={tenant.id} mono />
        <Fact term="Client ID" value={connection.clientId} mono />
        <Fact term="Graph Base URL" value={connection.graphBaseUrl} note={connection.cloud} mono />
        <div>
          <dt className="text-xs text-muted-foreground">Verified</dt>
          <dd className="text-sm">
            <TimeAgo at={connection.lastVerifiedAt} />
            <span className="block text-xs text-muted-foreground">owned by {connection.owner}</span>
          </dd>
        </div>
      </dl>
    </>
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
