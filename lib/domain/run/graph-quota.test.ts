import { expect, test } from 'vitest';
import { chargeOf, quotaOf, tenantSizeOf } from './graph-quota.ts';

test.each([
  ['/users', 'directory', 2],
  ['/users?$select=id,displayName&$top=999', 'directory', 1],
  ['/users?%24select=id%2CsignInActivity', 'sign-in-activity', 1],
  ['/users?$filter=signInActivity/lastSignInDateTime le 2026-01-01T00:00:00Z', 'sign-in-activity', 1],
  ['/users/1/memberOf?$select=id', 'directory', 1],
  ['/groups/1/members?$select=id&$top=999&$count=true', 'directory', 2],
  ['/groups/1/members?$top=5', 'directory', 2],
  ['/groups/1/members?$top=5&$expand=manager', 'directory', 3],
  ['/groups/1/transitiveMembers', 'directory', 5],
  ['/groups', 'directory', 1],
  ['/groups/$count', 'directory', 1],
  ['/domains/contoso.com/domainNameReferences', 'directory', 4],
  ['/directoryObjects/getByIds', 'directory', 5],
  ['https://graph.microsoft.com/v1.0/subscribedSkus', 'directory', 3],
  ['https://graph.microsoft.us/beta/auditLogs/signIns?$top=1000', 'reports', 1],
  ['/reports/authenticationMethods/userRegistrationDetails', 'reports', 1],
  ['/users/1/authentication/methods', 'reports', 1],
  ['/identityProtection/riskyUsers', 'identity-protection', 1],
  ['/identity/conditionalAccess/policies', 'identity-protection', 1],
  ['/identity/identityProviders', 'identity-providers', 1],
])('%s counts as %s, %i', (url, quotaClass, units) => {
  expect(chargeOf(url)).toEqual({ quotaClass, units });
});

test('the directory quota goes by the size of the tenant', () => {
  const capacities = [49, 50, 500, 501].map((users) => quotaOf('directory', tenantSizeOf(users)).capacity);
  expect(capacities).toEqual([3500, 5000, 5000, 8000]);
});
