import { describe, expect, it } from 'vitest';
import { acceptsWork, type GatewayFacts, gatewayChoiceOf, gatewayState, groupState } from './gateway.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
const SERVER = { version: '1.4.0', protocolVersion: '1.2' };
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const CONNECTED: GatewayFacts = {
  ...{ registeredAt: ago(9000), deactivatedAt: null, lastSeenAt: ago(5), connectedSince: ago(500) },
  ...{ version: '1.4.0', protocolVersion: '1.2' },
};
const stateOf = (facts: Partial<GatewayFacts>) => gatewayState({ ...CONNECTED, ...facts }, SERVER, NOW);

describe('the state of a data gateway', () => {
  it.each<[string, Partial<GatewayFacts>, string]>([
    ['its stream is open and it was heard from', {}, 'connected'],
    ['its stream is closed', { connectedSince: null }, 'disconnected'],
    ['the process that held its stream died', { lastSeenAt: ago(61) }, 'disconnected'],
    ['it has not used its key', { registeredAt: null, lastSeenAt: null, connectedSince: null }, 'never-connected'],
    ['it is of an earlier patch', { version: '1.3.9' }, 'upgrade-available'],
    ['it is of an earlier minor, compared as numbers', { version: '1.3.12' }, 'upgrade-available'],
    ['it is of a later version', { version: '1.10.0' }, 'connected'],
    ['it is a build of the same version', { version: '1.4.0+build.7' }, 'connected'],
    ['an earlier one is away', { version: '1.3.9', connectedSince: null }, 'disconnected'],
    ['it speaks another minor of the protocol', { protocolVersion: '1.0' }, 'connected'],
    ['it speaks another major of the protocol', { protocolVersion: '2.0' }, 'unsupported-version'],
    ['majors are compared whole', { protocolVersion: '11.0' }, 'unsupported-version'],
    ['it was deactivated, whatever else holds', { deactivatedAt: ago(1), protocolVersion: '2.0' }, 'deactivated'],
  ])('%s', (_, facts, state) => {
    expect(stateOf(facts)).toBe(state);
  });

  it('work goes to connected ones alone', () => {
    expect(
      ['connected', 'upgrade-available', 'disconnected', 'never-connected', 'unsupported-version', 'deactivated'].filter(
        (state) => acceptsWork(state as never),
      ),
    ).toEqual(['connected', 'upgrade-available']);
  });

  it('a group is connected when one of its members is', () => {
    expect(groupState(['deactivated', 'disconnected', 'upgrade-available'])).toBe('upgrade-available');
    expect(groupState(['deactivated', 'disconnected'])).toBe('disconnected');
    expect(groupState([])).toBe('never-connected');
  });

  it('a choice names a gateway, a group or neither', () => {
    expect(gatewayChoiceOf('')).toEqual({ gatewayId: null, gatewayGroupId: null });
    expect(gatewayChoiceOf('gw_2')).toEqual({ gatewayId: 'gw_2', gatewayGroupId: null });
    expect(gatewayChoiceOf('gwg_2')).toEqual({ gatewayId: null, gatewayGroupId: 'gwg_2' });
  });
});
