import { expect, it } from 'vitest';
import { safeCallbackPath } from './callback-path.ts';

it.each([
  ['/connections/conn_1?tab=columns#users', '/connections/conn_1?tab=columns#users'],
  ['/auth/oauth/code?code=a&state=b', '/auth/oauth/code?code=a&state=b'],
  [undefined, '/'],
  ['', '/'],
  ['https://evil.test/', '/'],
  ['//evil.test/', '/'],
  ['/\\evil.test/', '/'],
  ['/\t/evil.test', '/'],
  ['/..//evil.test', '/'],
  ['javascript:alert(1)', '/'],
  ['evil.test', '/'],
  ['/sign-in?callbackUrl=/x', '/'],
  ['/api/auth/signout', '/'],
])('%s leads to %s', (given, expected) => {
  expect(safeCallbackPath(given)).toBe(expected);
});
