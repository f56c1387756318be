import { GatewayStateBadge } from '#components/gateway/gateway-state-badge.tsx';
import { formatCounted } from '#lib/domain/format.ts';
import type { GatewayDto, GatewayGroupDto } from '#lib/domain/gateway/gateway-dto.ts';
import { DeleteGroupButton } from './delete-group-button.tsx';
import { GroupButton } from './group-button.tsx';

interface GatewayGroupsProps {
  readonly groups: readonly GatewayGroupDto[];
  readonly gateways: readonly GatewayDto[];
  readonly canManage: boolean;
}

/** Groups with their members. */
export function GatewayGroups({ groups, gateways, canManage }: GatewayGroupsProps) {
  return (
    <section id="groups" aria-label="Groups" className="mt-6 overflow-hidden rounded-lg border bg-card">
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-2 border-b px-4 py-1.5">
        <h2 className="text-sm font-semibold">Groups</h2>
        {canManage ? <GroupButton gateways={gateways} /> : null}
      </div>
      {groups.length === 0 ? (
        <p className="px-4 py-3 text-sm text-muted-foreground">
          Put gateways of one network into a group. Any connected gateway of the group takes a run, and another gateway continues
          the run when that one disconnects.
        </p>
      ) : (
        <ul className="divide-y">
          {groups.map((group) => (
            <li key={group.id} className="flex flex-wrap items-start gap-x-6 gap-y-1.5 px-4 py-2.5">
              <div className="min-w-44 flex-1">
                <p className="text-sm font-medium">{group.name}</p>
                <p className="text-xs text-muted-foreground">{group.description}</p>
                <p className="text-xs text-muted-foreground">{usedBy(group)}</p>
              </div>
              <ul aria-label={`Gateways of ${group.name}`} className="grid min-w-52 flex-[2_1_0%] gap-1">
                {group.members.length === 0 ? <li className="text-sm text-muted-foreground">No gateway</li> : null}
                {group.members.map((member) => (
                  <li key={member.id} className="flex flex-wrap items-center gap-x-3 text-sm">
                    <span className="min-w-32">{member.name}</span>
                    <GatewayStateBadge state={member.state} />
                  </li>
                ))}
              </ul>
              {canManage ? (
                <div className="flex gap-1.5">
                  <DeleteGroupButton group={group} />
                  <GroupButton gateways={gateways} group={group} />
                </div>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function usedBy({ connectionCount, targetCount }: GatewayGroupDto): string {
  if (connectionCount + targetCount === 0) return 'Not used';
  return `${formatCounted(connectionCount, 'connection')}, ${formatCounted(targetCount, 'target')}`;
}
