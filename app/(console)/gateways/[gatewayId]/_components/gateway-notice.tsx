import { Info } from 'lucide-react';
import { TimeAgo } from '#components/run/time-ago.tsx';
import type { GatewayDetailDto } from '#lib/domain/gateway/gateway-dto.ts';

/** What a person should do about the state of a gateway; nothing where it works. */
export function GatewayNotice({ gateway, canManage }: { readonly gateway: GatewayDetailDto; readonly canManage: boolean }) {
  const lines = [stateLine(gateway, canManage), keyLine(gateway)].filter((line) => line !== null);
  if (lines.length === 0) return null;
  return (
    <div className="mb-6 flex gap-2.5 rounded-md border bg-card p-3 text-sm">
      <Info aria-hidden className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
      <div className="space-y-1">
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
        {gateway.state === 'disconnected' && gateway.lastSeenAt !== null ? (
          <p className="text-muted-foreground">
            It was last seen <TimeAgo at={gateway.lastSeenAt} />.
          </p>
        ) : null}
      </div>
    </div>
  );
}

function stateLine({ state, version, serverVersion, protocolVersion }: GatewayDetailDto, canManage: boolean): string | null {
  switch (state) {
    case 'disconnected':
      return 'It is not connected. Start its process again, or look at its log: `gateway check` says what it cannot reach. Runs wait for it as long as their tasks say.';
    case 'upgrade-available':
      return `It runs Entrada ${version}; this server runs ${serverVersion}. It continues to work; upgrade it when convenient.`;
    case 'unsupported-version':
      return `It speaks version ${protocolVersion} of the protocol, which this server does not. Put Entrada ${serverVersion} on its machine and start it again.`;
    case 'deactivated':
      return `It is refused whatever it asks, and is given no work. ${canManage ? 'Activate it to use it again.' : 'An administrator can activate it.'}`;
    default:
      return null;
  }
}

function keyLine({ key, registeredAt }: GatewayDetailDto): string | null {
  if (key === null) return null;
  if (key.expired) {
    return registeredAt === null
      ? 'Its registration key has ended without being used. Make a new one.'
      : 'A new registration key expired without being used. The gateway keeps its present keys.';
  }
  return registeredAt === null
    ? 'Start it with its registration key, which was shown when it was created.'
    : 'A new registration key was not used yet. Until then the gateway keeps its present keys.';
}
