import { expect, test } from 'vitest';
import { parseRetryAfter, RETRY_AFTER_MAX_MS, toGraphError } from './graph-error.ts';

const NOW = new Date('2026-01-01T00:00:00Z');

test.each([
  ['2', 2000],
  ['2.128', 2128],
  ['0', 0],
  ['999999', RETRY_AFTER_MAX_MS],
  ['-5', 0],
  ['Thu, 01 Jan 2026 00:00:07 GMT', 7000],
  ['Thu, 01 Jan 2099 00:00:00 GMT', RETRY_AFTER_MAX_MS],
  ['soon', null],
  ['', null],
  [undefined, null],
])('Retry-After %s is %s ms', (value, expected) => {
  expect(parseRetryAfter(value, NOW)).toBe(expected);
});

test.each([
  [403, 'Authorization_RequestDenied', 'missing-permission', 'never'],
  [403, 'Authentication_RequestFromNonPremiumTenantOrB2CTenant', 'missing-licence', 'never'],
  [400, 'AadPremiumLicenseRequired', 'missing-licence', 'never'],
  [400, 'Directory_ExpiredPageToken', 'page-token-expired', 'never'],
  [401, 'InvalidAuthenticationToken', 'token-refused', 'never'],
  [404, 'Request_ResourceNotFound', 'graph-not-found', 'never'],
  [429, 'TooManyRequests', 'throttled', 'backoff'],
  [503, '', 'graph-unavailable', 'backoff'],
  [501, 'NotImplemented', 'graph-refused', 'never'],
  [400, 'Request_BadRequest', 'graph-refused', 'never'],
])('%i %s is %s', (status, code, expected, retry) => {
  const error = toGraphError({ status, headers: { 'request-id': 'r-1' }, body: { error: { code, message: 'why' } } }, NOW);
  expect(error).toMatchObject({ status, graphCode: code, code: expected, retry });
  expect(error.problem).toMatchObject({ detail: 'why', reference: { requestId: 'r-1', httpStatus: status } });
});

test('an answer that is no JSON still has words', () => {
  expect(toGraphError({ status: 502, headers: {}, body: null }, NOW)).toMatchObject({
    code: 'graph-unavailable',
    retry: 'backoff',
  });
});
