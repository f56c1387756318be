import { expect, it } from 'vitest';
import { acceptsWork, GATEWAY_STATE_LABEL, type GatewayOptionDto, GatewayState } from '#lib/domain/gateway/gateway.ts';
import { gatewayAwayHint, gatewayOptionLabel } from './gateway-messages.ts';

const PLANT: GatewayOptionDto = {
  ...{ kind: 'gateway', id: 'gw_2', name: 'Plant', state: 'connected', members: 1, connectedMembers: 1 },
};

it.each(GatewayState.options)(
  'a gateway that is %s is listed with its state, and what follows is said where it takes no work',
  (state) => {
    const option = { ...PLANT, state };
    expect(gatewayOptionLabel(option)).toBe(`Plant · ${GATEWAY_STATE_LABEL[state]}`);
    expect(gatewayAwayHint(option) === null).toBe(acceptsWork(state));
  },
);

it('a group says how many of its gateways are connected', () => {
  const group = { ...PLANT, kind: 'group', name: 'Plants', members: 3, connectedMembers: 2 } as const;
  expect(gatewayOptionLabel(group)).toBe('Plants · Group, 2 of 3 connected');
  expect(gatewayAwayHint(group)).toBeNull();
  expect(gatewayAwayHint({ ...group, state: 'disconnected', connectedMembers: 0 })).toContain('No gateway of this group');
  expect(gatewayAwayHint({ ...group, state: 'never-connected', members: 0, connectedMembers: 0 })).toContain(
    'has no gateway yet',
  );
});
