import { Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { TimeAgo } from '#components/run/time-ago.tsx';
import type { GatewayDetailDto } from '#lib/domain/gateway/gateway-dto.ts';

/** What a person should do about the state of a gateway; nothing where it works. */
export function GatewayNotice({ gateway, canManage }: { readonly gateway: GatewayDetailDto; readonly canManage: boolean }) {
  const [state, key] = [stateLine(gateway, canManage), keyLine(gateway)];
  if (state === null && key === null) return null;
  return (
    <div className="mb-6 flex gap-2.5 rounded-md border bg-card p-3 text-sm">
      <Info aria-hidden className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
      <div className="space-y-1">
        {state === null ? null : <p>{state}</p>}
        {key === null ? null : <p>{key}</p>}
        {gateway.state === 'disconnected' && gateway.lastSeenAt !== null ? (
          <p className="text-muted-foreground">
            It was last seen <TimeAgo at={gateway.lastSeenAt} />.
          </p>
        ) : null}
      </div>
    </div>
  );
}

function stateLine({ state, version, serverVersion, protocolVersion }: GatewayDetailDto, canManage: boolean): ReactNode {
  switch (state) {
    case 'disconnected':
      return (
        <>
          The gateway is not connected. Start its process again, or read its log. The command{' '}
          <code className="font-mono text-xs">gateway check</code> shows what the gateway cannot reach. Runs wait for the gateway
          as long as their tasks allow.
        </>
      );
    case 'upgrade-available':
      return `The gateway runs Entrada ${version}; this server runs ${serverVersion}. The gateway continues to work. Upgrade it soon.`;
    case 'unsupported-version':
      return `The gateway uses version ${protocolVersion} of the protocol, which this server does not support. Install Entrada ${serverVersion} on its machine and start it again.`;
    case 'deactivated':
      return `The server refuses all requests of the gateway and gives it no work. ${canManage ? 'Activate it to use it again.' : 'An administrator can activate it.'}`;
    default:
      return null;
  }
}

function keyLine({ key, registeredAt }: GatewayDetailDto): string | null {
  if (key === null) return null;
  if (key.expired) {
    return registeredAt === null
      ? 'The registration key expired before a gateway used it. Create a new key.'
      : 'A new registration key expired before a gateway used it. The gateway keeps its current keys.';
  }
  return registeredAt === null
    ? 'Start the gateway with the registration key that Entrada showed when you created it.'
    : 'A new registration key was created but not used yet. Until then, the gateway keeps its current keys.';
}
