import type { ReactNode } from 'react';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { TitledCard } from '#components/ui/layout/titled-card.tsx';
import type { GatewayDetailDto } from '#lib/domain/gateway/gateway-dto.ts';

/** Facts that a gateway reported, and which rows may pass through the server. */
export function GatewayFacts({ gateway }: { readonly gateway: GatewayDetailDto }) {
  return (
    <TitledCard title="Gateway">
      <dl className="grid gap-x-8 gap-y-3 px-4 py-3.5 sm:grid-cols-2">
        <Fact term="Host name">{gateway.hostName ?? 'Not known yet'}</Fact>
        <Fact term="Operating system">{gateway.operatingSystem ?? 'Not known yet'}</Fact>
        <Fact term="Version">
          {gateway.version === null ? 'Not known yet' : `Entrada ${gateway.version}, protocol ${gateway.protocolVersion}`}
        </Fact>
        <Fact term="Last seen">{gateway.lastSeenAt === null ? 'Never' : <TimeAgo at={gateway.lastSeenAt} />}</Fact>
        <Fact term="Registered">{gateway.registeredAt === null ? 'Not yet' : <TimeAgo at={gateway.registeredAt} />}</Fact>
        <Fact term="Created">
          <TimeAgo at={gateway.createdAt} />
          {gateway.createdBy === null ? null : (
            <span className="block text-xs text-muted-foreground">by {gateway.createdBy}</span>
          )}
        </Fact>
        <Fact term="Previews">{gateway.allowPreviews ? 'Shown; their rows pass this server' : 'Turned off'}</Fact>
        <Fact term="Landed rows and What changed">
          {gateway.allowLandedRows ? 'Shown; their rows pass this server' : 'Turned off'}
        </Fact>
        <Fact term="Group">{gateway.group?.name ?? 'None'}</Fact>
        <Fact term="ID">
          <span className="flex items-center gap-1">
            <code className="min-w-0 truncate font-mono text-xs">{gateway.id}</code>
            <CopyButton value={gateway.id} label="Copy the ID" />
          </span>
        </Fact>
      </dl>
    </TitledCard>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted-foreground">{term}</dt>
      <dd className="text-sm break-words">{children}</dd>
    </div>
  );
}
