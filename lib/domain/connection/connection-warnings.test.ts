import { expect, it } from 'vitest';
import { connectionWarnings } from './connection-warnings.ts';

const now = new Date('2026-11-24T08:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
const healthy = { signIn: 'delegated', credential: 'secret', credentialExpiresAt: inDays(200), tokensRenewedAt: now } as const;
const codes = (facts: Partial<Parameters<typeof connectionWarnings>[0]>) =>
  connectionWarnings({ ...healthy, ...facts }, now).map(({ code, severity }) => `${severity} ${code}`);

it('a connection that will do for long has no warning, nor has one whose expiry nobody knows', () => {
  expect(codes({})).toEqual([]);
  expect(codes({ credentialExpiresAt: null })).toEqual([]);
});

it('warns a month before the credential ends and says when it has', () => {
  expect(codes({ credentialExpiresAt: inDays(31) })).toEqual([]);
  expect(codes({ credentialExpiresAt: inDays(30) })).toEqual(['warning credential-expires']);
  expect(codes({ credentialExpiresAt: inDays(-1) })).toEqual(['error credential-expired']);
});

it('warns before an idle refresh token ends, but never for an application that has none', () => {
  expect(codes({ tokensRenewedAt: inDays(-59) })).toEqual([]);
  expect(codes({ tokensRenewedAt: inDays(-60) })).toEqual(['warning refresh-token-idle']);
  expect(codes({ tokensRenewedAt: inDays(-90), credentialExpiresAt: inDays(3) })).toEqual([
    'error refresh-token-idle',
    'warning credential-expires',
  ]);
  expect(codes({ tokensRenewedAt: inDays(-90), signIn: 'app-only' })).toEqual([]);
});
