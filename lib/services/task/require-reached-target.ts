import type { GatewayIds, GatewayRef } from '#lib/domain/gateway/gateway.ts';
import { InvalidInputError } from '#lib/platform/errors.ts';
import { isLoopbackHost } from '#lib/platform/http/addresses.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { type ConnectionRow, findConnection } from '#lib/store/connection/connections.ts';
import { gatewayRefOf } from '#lib/store/gateway/gateway-ref.ts';
import { findGateway } from '#lib/store/gateway/gateways.ts';
import type { TargetRow } from '#lib/store/run/targets.ts';
import { findTargetModule } from '#lib/targets/registry.ts';

/**
 * The process that reads a connection also writes the target, so it has to reach both: the server, or the connection's gateway. Gateways of one
 * group are in one network and reach the same hosts.
 * @throws InvalidInputError `target-not-reached`
 */
export async function requireReachedTarget(tx: Tx, connectionId: string, target: TargetRow): Promise<void> {
  const connection = await findConnection(tx, connectionId);
  if (connection === null) return;
  const [through, reachedFrom] = [gatewayRefOf(connection), target.gateway];
  if (through === null && reachedFrom === null) return;
  if (through === null) throw onlyFromGateway(target.name, reachedFrom, connection.name);
  if (reachedFrom === null) {
    if (isOnServerOnly(target)) throw onServerOnly(target, through);
    return;
  }
  if (!(await isSameNetwork(tx, connection, target))) throw otherGateway(target.name, reachedFrom, through);
}

async function isSameNetwork(tx: Tx, connection: ConnectionRow, target: GatewayIds): Promise<boolean> {
  if (connection.gatewayId !== null && connection.gatewayId === target.gatewayId) return true;
  const [one, other] = [await groupOf(tx, connection), await groupOf(tx, target)];
  return one !== null && one === other;
}

async function groupOf(tx: Tx, { gatewayId, gatewayGroupId }: GatewayIds): Promise<string | null> {
  if (gatewayId === null) return gatewayGroupId;
  return (await findGateway(tx, gatewayId))?.groupId ?? null;
}

/** Whether it is a folder of the server, or a database on the loopback interface (RFC 6890: 127.0.0.0/8, ::1). */
function isOnServerOnly({ kind, settings }: TargetRow): boolean {
  const reach = findTargetModule(kind).reach(settings);
  return 'folder' in reach || isLoopbackHost(reach.host);
}

const gatewayLabel = ({ kind, name }: GatewayRef) =>
  kind === 'gateway' ? `the data gateway ${name}` : `the gateway group ${name}`;

function onServerOnly({ name, builtIn }: TargetRow, through: GatewayRef): InvalidInputError {
  return new InvalidInputError({
    code: 'target-not-reached',
    title: `${name} is a ${builtIn ? 'built-in target' : 'target'} on the server itself: ${gatewayLabel(through)} does not reach it.`,
    remedy: `Choose a target that ${through.name} reaches. To set one up, choose Targets, Create target, and ${through.name} in Reached from.`,
    fixer: 'you',
    field: 'target.targetId',
  });
}

function onlyFromGateway(name: string, from: GatewayRef | null, connection: string): InvalidInputError {
  return new InvalidInputError({
    code: 'target-not-reached',
    title: `Only ${from === null ? 'a data gateway' : gatewayLabel(from)} reaches ${name}, but the server itself reads ${connection}.`,
    remedy: `Choose another target, or edit the connection and choose ${from?.name ?? 'the gateway'} in Data gateway.`,
    fixer: 'you',
    field: 'target.targetId',
  });
}

function otherGateway(name: string, from: GatewayRef, through: GatewayRef): InvalidInputError {
  return new InvalidInputError({
    code: 'target-not-reached',
    title: `Only ${gatewayLabel(from)} reaches ${name}, but ${gatewayLabel(through)} reads the connection.`,
    remedy: `Choose a target that ${through.name} reaches, or put both gateways into one group if they are in one network.`,
    fixer: 'you',
    field: 'target.targetId',
  });
}
