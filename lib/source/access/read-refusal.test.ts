import { expect, it } from 'vitest';
import { toGraphError } from '#lib/graph/client/graph-error.ts';
import { AppError } from '#lib/platform/errors.ts';
import { type RefusedRequest, readRefusal } from './read-refusal.ts';

const NOW = new Date('2026-03-01T09:00:00Z');
const request: RefusedRequest = {
  needed: ['IdentityRiskyUser.Read.All', 'IdentityRiskyUser.ReadWrite.All'],
  granted: new Set(['IdentityRiskyUser.Read.All']),
  licence: 'Microsoft Entra ID P2',
  relation: false,
};
const answer = (status: number, code: string, message = '') =>
  toGraphError({ status, headers: {}, body: { error: { code, message } } }, NOW);
const WITHOUT = { ...request, granted: new Set<string>() };

it.each([
  // The three shapes in which premium features refuse.
  [
    403,
    'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
    'Neither tenant is B2C or tenant does not have premium license',
    request,
    'needs-licence',
  ],
  [400, 'AadPremiumLicenseRequired', 'The tenant needs an AAD Premium 2 license.', request, 'needs-licence'],
  [403, 'Forbidden', 'Your tenant is not licensed for this feature.', WITHOUT, 'needs-licence'],
  [403, 'AccessDenied', '', request, 'needs-licence'],
  // Missing permissions, also where the service puts JSON into its message.
  [403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.', WITHOUT, 'missing-permission'],
  [403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.', request, 'missing-permission'],
  [403, 'AccessDenied', '', WITHOUT, 'missing-permission'],
  [403, 'UnknownError', '{"errorCode":"PermissionScopeNotGranted","message":"…"}', request, 'missing-permission'],
  [403, 'Forbidden', '', { ...request, licence: null }, 'missing-permission'],
  // Not in this cloud.
  [404, 'ResourceNotFound', '', request, 'not-in-cloud'],
  [501, 'NotImplemented', 'This operation target is not yet supported.', request, 'not-in-cloud'],
  [400, 'BadRequest', "Resource not found for the segment 'riskyUsers'.", request, 'not-in-cloud'],
  // A parent without the requested child objects.
  [404, 'Request_ResourceNotFound', "Resource 'manager' does not exist.", { ...request, relation: true }, 'granted'],
  // Nothing lasting.
  [400, 'Request_BadRequest', 'Invalid page size.', request, 'unknown'],
  [503, 'serviceNotAvailable', '', request, 'unknown'],
  [429, 'TooManyRequests', '', request, 'unknown'],
] as const)('%i %s "%s" is %5$s', (status, code, message, asked, access) => {
  const refusal = readRefusal(answer(status, code, message), asked);
  expect(refusal.access).toBe(access);
  if (access === 'granted') expect(refusal.reason).toBeNull();
  else expect(refusal.reason).toMatch(/\w/);
});

it('names the least permission, or the role that is missing beside it', () => {
  expect(readRefusal(answer(403, 'Authorization_RequestDenied'), WITHOUT).reason).toBe(
    'Graph refuses the request: the token lacks IdentityRiskyUser.Read.All (also sufficient: IdentityRiskyUser.ReadWrite.All).',
  );
  expect(readRefusal(answer(403, 'Authorization_RequestDenied'), request).reason).toMatch(/the account needs a directory role/);
  expect(readRefusal(answer(403, 'AccessDenied'), request).reason).toContain('Microsoft Entra ID P2');
});

it('what Graph never answered is not known', () => {
  const error = new AppError({ code: 'timeout', title: 'No answer in time.' });
  expect(readRefusal(error, request)).toMatchObject({ access: 'unknown', reason: 'No answer in time.' });
});
