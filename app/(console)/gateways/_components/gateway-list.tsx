import Link from 'next/link';
import { GatewayStateBadge } from '#components/gateway/gateway-state-badge.tsx';
import { TimeAgo } from '#components/run/time-ago.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import { acceptsWork } from '#lib/domain/gateway/gateway.ts';
import type { GatewayDto, GatewayGroupDto } from '#lib/domain/gateway/gateway-dto.ts';

interface GatewayListProps {
  readonly gateways: readonly GatewayDto[];
  readonly groups: readonly GatewayGroupDto[];
}

/** Data gateways, one line each: state, version and machine, current work, and number of users. */
export function GatewayList({ gateways, groups }: GatewayListProps) {
  return (
    <ul className="divide-y" aria-label="Data gateways">
      {gateways.map((gateway) => (
        <li key={gateway.id} className="relative flex flex-wrap items-center gap-x-6 gap-y-1.5 px-4 py-2.5 hover:bg-muted/40">
          <div className="w-40 shrink-0">
            <GatewayStateBadge state={gateway.state} />
            <p className="text-xs text-muted-foreground">
              {gateway.lastSeenAt === null ? (
                'Not started yet'
              ) : (
                <>
                  Seen <TimeAgo at={gateway.lastSeenAt} />
                </>
              )}
            </p>
          </div>
          <div className="min-w-52 flex-[2_1_0%]">
            <Link
              href={`/gateways/${gateway.id}`}
              className="rounded-sm text-sm font-medium outline-none after:absolute after:inset-0 focus-visible:ring-2 focus-visible:ring-ring"
            >
              {gateway.name}
            </Link>
            <p className="truncate text-xs text-muted-foreground" title={gateway.description}>
              {gateway.group === null ? '' : `Group ${gateway.group.name}${gateway.description === '' ? '' : ' · '}`}
              {gateway.description}
            </p>
          </div>
          <div className="min-w-44 flex-1">
            <OrDash>{gateway.hostName}</OrDash>
            <p className="truncate text-xs text-muted-foreground">
              {[gateway.operatingSystem, gateway.version === null ? null : `Entrada ${gateway.version}`]
                .filter(Boolean)
                .join(' · ')}
            </p>
          </div>
          <div className="min-w-40 flex-1">
            <OrDash>{doing(gateway)}</OrDash>
            <p className="text-xs text-muted-foreground">{usedBy(gateway, groups)}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** A value, or a dash where columns stand side by side. */
function OrDash({ children }: { readonly children: string | null }) {
  return children === null ? <p className="hidden text-sm sm:block">–</p> : <p className="truncate text-sm">{children}</p>;
}

function doing({ state, activity: [first, ...more] }: GatewayDto): string | null {
  if (first === undefined) return acceptsWork(state) ? 'Idle' : null;
  return more.length === 0 ? first.title : `${first.title} and ${more.length} more`;
}

/** By what names it or its group, as on its page. */
function usedBy({ group, ...own }: GatewayDto, groups: readonly GatewayGroupDto[]): string {
  const ofGroup = groups.find(({ id }) => id === group?.id);
  const connectionCount = own.connectionCount + (ofGroup?.connectionCount ?? 0);
  const targetCount = own.targetCount + (ofGroup?.targetCount ?? 0);
  const parts = [
    ...(connectionCount === 0 ? [] : [formatCounted(connectionCount, 'connection')]),
    ...(targetCount === 0 ? [] : [formatCounted(targetCount, 'target')]),
  ];
  return parts.length === 0 ? 'Not used' : `Used by ${parts.join(' and ')}`;
}
