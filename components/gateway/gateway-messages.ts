import { formatCount } from '#lib/domain/format.ts';
import { acceptsWork, GATEWAY_STATE_LABEL, type GatewayOptionDto } from '#lib/domain/gateway/gateway.ts';

/** Label of a gateway or a group in a select. */
export function gatewayOptionLabel({ kind, name, state, members, connectedMembers }: GatewayOptionDto): string {
  if (kind === 'gateway') return `${name} · ${GATEWAY_STATE_LABEL[state]}`;
  return `${name} · Group, ${formatCount(connectedMembers)} of ${formatCount(members)} connected`;
}

/** Why the chosen gateway cannot be used now, and who can change that; null: it can. */
export function gatewayAwayHint({ kind, state, members }: GatewayOptionDto): string | null {
  if (acceptsWork(state)) return null;
  if (kind === 'group') {
    return members === 0
      ? 'This group has no gateway yet. An administrator can add a gateway on the page Data gateways.'
      : 'No gateway of this group is connected now. You can choose the group, but you can verify and test only when a gateway is connected. Runs wait for it.';
  }
  switch (state) {
    case 'never-connected':
      return 'This gateway has not been started yet. You can choose it, but you can verify and test only when it is connected. Runs wait for it.';
    case 'unsupported-version':
      return 'This gateway has a version that this server does not support. You can choose it, but you can verify and test only after an upgrade. Runs wait for it.';
    case 'deactivated':
      return 'This gateway is deactivated. You can verify and test only after an administrator has activated it on the page Data gateways.';
    default:
      return 'This gateway is not connected now. You can choose it, but you can verify and test only when it is connected. Runs wait for it.';
  }
}
