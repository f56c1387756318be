import { expect, it } from 'vitest';
import { BODY_BYTES_MAX, EVENTS_BYTES_MAX, KEEP_ALIVE_SECONDS, LEASE_SECONDS, STATUS_SECONDS } from './protocol.ts';
import { GATEWAY_PATH, isSupportedProtocol, PROTOCOL_VERSION } from './version.ts';

it('a lease outlasts several lost status messages, and a stream that is found to be broken', () => {
  expect(LEASE_SECONDS).toBeGreaterThanOrEqual(STATUS_SECONDS * 5);
  expect(LEASE_SECONDS).toBeGreaterThan(KEEP_ALIVE_SECONDS * 3 + STATUS_SECONDS);
});

it('a full batch of events fits into a request, as base64 within base64', () => {
  expect(EVENTS_BYTES_MAX * (4 / 3) ** 2).toBeLessThan(BODY_BYTES_MAX);
});

it('the path names the major version', () => {
  expect(GATEWAY_PATH.endsWith(`/v${PROTOCOL_VERSION.split('.')[0]}`)).toBe(true);
});

it.each([
  ['1.0', true],
  ['1.7', true],
  ['2.0', false],
  ['0.9', false],
  ['10.0', false],
  ['1', false],
  ['', false],
])('version %j is supported: %s', (version, supported) => {
  expect(isSupportedProtocol(version)).toBe(supported);
});
