import { acceptsWork, type GatewayOptionDto, gatewayState, groupState } from '#lib/domain/gateway/gateway.ts';
import type { GatewayDto, GatewayGroupDto } from '#lib/domain/gateway/gateway-dto.ts';
import type { Id } from '#lib/domain/id.ts';
import type { GatewayGroupRow } from '#lib/store/gateway/gateway-groups.ts';
import { activityOf, type GatewayRow } from '#lib/store/gateway/gateways.ts';
import { SERVER_RELEASE } from './server-release.ts';

export function toGatewayDto(row: GatewayRow, now: Date): GatewayDto {
  const state = gatewayState(row, SERVER_RELEASE, now);
  return {
    id: row.id as Id<'gw'>,
    name: row.name,
    description: row.description,
    state,
    group: row.group === null ? null : { id: row.group.id as Id<'gwg'>, name: row.group.name },
    version: row.version,
    hostName: row.hostName,
    operatingSystem: row.operatingSystem,
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
    // The last report of a disconnected gateway is outdated.
    activity: acceptsWork(state) ? activityOf(row) : [],
    connectionCount: row._count.connections,
    targetCount: row._count.targets,
    createdAt: row.createdAt.toISOString(),
  };
}

export function toGatewayGroupDto(row: GatewayGroupRow, now: Date): GatewayGroupDto {
  const members = row.gateways.map((gateway) => ({
    id: gateway.id as Id<'gw'>,
    name: gateway.name,
    state: gatewayState(gateway, SERVER_RELEASE, now),
  }));
  return {
    id: row.id as Id<'gwg'>,
    name: row.name,
    description: row.description,
    state: groupState(members.map(({ state }) => state)),
    members,
    connectionCount: row._count.connections,
    targetCount: row._count.targets,
    createdAt: row.createdAt.toISOString(),
  };
}

export function gatewayOption({ id, name, state }: GatewayDto): GatewayOptionDto {
  return { kind: 'gateway', id, name, state, members: 1, connectedMembers: acceptsWork(state) ? 1 : 0 };
}

export function groupOption({ id, name, state, members }: GatewayGroupDto): GatewayOptionDto {
  const connectedMembers = members.filter((member) => acceptsWork(member.state)).length;
  return { kind: 'group', id, name, state, members: members.length, connectedMembers };
}
