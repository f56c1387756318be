import { formatCount } from '#lib/domain/format.ts';
import { GATEWAY_STATE_LABEL, type GatewayOptionDto, takesWork } from '#lib/domain/gateway/gateway.ts';

/** Label of a gateway or a group in a select. */
export function gatewayOptionLabel({ kind, name, state, members, connectedMembers }: GatewayOptionDto): string {
  if (kind === 'gateway') return `${name} · ${GATEWAY_STATE_LABEL[state]}`;
  return `${name} · Group, ${formatCount(connectedMembers)} of ${formatCount(members)} connected`;
}

/** Why the chosen gateway cannot be used now, and who can change that; null: it can. */
export function gatewayAwayHint({ kind, state, members }: GatewayOptionDto): string | null {
  if (takesWork(state)) return null;
  if (kind === 'group') {
    return members === 0
      ? 'This group has no gateway yet: an administrator adds one on the page Data gateways.'
      : 'No gateway of this group is connected now. It can be chosen, but nothing is verified or tested until one is; runs wait for it.';
  }
  switch (state) {
    case 'never-connected':
      return 'This gateway has not been started yet. It can be chosen, but nothing is verified or tested until it is; runs wait for it.';
    case 'unsupported-version':
      return 'This gateway runs a version that this server does not work with. It can be chosen, but nothing is verified or tested until it is upgraded; runs wait for it.';
    case 'deactivated':
      return 'This gateway is deactivated: nothing is verified or tested until an administrator activates it on the page Data gateways.';
    default:
      return 'This gateway is not connected now. It can be chosen, but nothing is verified or tested until it is; runs wait for it.';
  }
}
