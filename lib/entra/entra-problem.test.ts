import { InteractionRequiredAuthError, ServerError } from '@azure/msal-node';
import { expect, test } from 'vitest';
import { AADSTS } from './aadsts.ts';
import { explainAuthorizeError, toEntraError } from './entra-problem.ts';
import { permissionsOf, requestScopes } from './scopes.ts';

const text = (code: number, words: string) =>
  `Error(s): ${code} - Timestamp: 2026-01-01 00:00:00Z - Description: AADSTS${code}: ${words} Trace ID: 11111111-2222-4333-8444-555555555555 Correlation ID: 66666666-7777-4888-8999-000000000000 Timestamp: 2026-01-01 00:00:00Z`;

test.each(AADSTS.flatMap(({ codes, title }) => codes.map((code) => [code, title] as const)))(
  'AADSTS%i is put in words: %s',
  (code, title) => {
    const error = toEntraError(new ServerError('invalid_grant', 'msal-own-id', text(code, 'Details.')), { refresh: false });
    expect(error.problem).toMatchObject({
      title,
      detail: 'Details.',
      reference: {
        aadsts: `AADSTS${code}`,
        correlationId: '66666666-7777-4888-8999-000000000000',
        requestId: '11111111-2222-4333-8444-555555555555',
        timestamp: '2026-01-01 00:00:00Z',
      },
    });
    expect(error.problem.remedy).toBeTruthy();
  },
);

test("a code that isn't known shows Entra's own words and its ids", () => {
  const { problem } = toEntraError(new ServerError('invalid_request', 'msal-own-id', text(999999, 'Something new.')), {
    refresh: false,
  });
  expect(problem).toMatchObject({ title: 'Something new.', reference: { aadsts: 'AADSTS999999' } });
});

/** As MSAL puts an answer together. */
const answered = (description: string) =>
  `Error(s): not_available - Timestamp: not_available - Description: ${description} - Correlation ID: not_available - Trace ID: not_available`;

test('words without a code are shown too, with the correlation id that MSAL sent', () => {
  const error = new ServerError('temporarily_unavailable', 'msal-own-id', answered('The service is being moved.'));
  expect(toEntraError(error, { refresh: false }).problem).toMatchObject({
    title: 'The service is being moved.',
    reference: { correlationId: 'msal-own-id' },
  });
  const silent = new ServerError('server_error', 'msal-own-id', answered('not_available'));
  expect(toEntraError(silent, { refresh: false }).problem.title).toBe('Entra refused the request (server_error).');
  expect(explainAuthorizeError({ error: 'server_error', errorDescription: 'Something is broken.' }).title).toBe(
    'Something is broken.',
  );
});

test.each([7000215, 7000222, 700027])(
  'a saved sign-in whose secret or certificate is refused (AADSTS%i) needs a person',
  (code) => {
    const refused = new ServerError('invalid_client', 'msal-own-id', text(code, 'Refused.'));
    expect(toEntraError(refused, { refresh: false }).code).toBe('entra-refused');
    expect(toEntraError(refused, { refresh: true })).toMatchObject({
      code: 'needs-reauthentication',
      problem: { remedy: expect.stringMatching(/choose Edit on the connection/) },
    });
  },
);

test.each([
  new ServerError('invalid_grant', 'msal-own-id', text(50173, 'Revoked.')),
  new InteractionRequiredAuthError('interaction_required', 'msal-own-id', text(50076, 'MFA.')),
])('a refused refresh asks for a person: %s', (error) => {
  expect(toEntraError(error, { refresh: true }).code).toBe('needs-reauthentication');
});

test('a moment’s trouble may be tried again', () => {
  expect(
    toEntraError(new ServerError('temporarily_unavailable', 'msal-own-id', text(90033, 'Busy.')), { refresh: true }).retry,
  ).toBe('backoff');
});

test('a sign-in that was cancelled says so', () => {
  expect(explainAuthorizeError({ error: 'access_denied', errorDescription: null })).toMatchObject({
    code: 'access-denied',
    title: 'Consent was declined at sign-in.',
  });
  expect(explainAuthorizeError({ error: 'server_error', errorDescription: 'AADSTS90033: Busy.' })).toMatchObject({
    title: 'Entra is temporarily unavailable.',
  });
});

test('scopes are always requested in one spelling, and permissions are returned without prefix', () => {
  expect(requestScopes(['openid', 'offline_access', 'User.Read', 'https://g/.default'], 'https://g')).toEqual([
    'https://g/User.Read',
    'https://g/.default',
  ]);
  expect(requestScopes(['openid'], 'https://g')).toEqual(['https://g/.default']);
  expect(permissionsOf(['https://g/User.Read', 'openid', 'https://g/.default', 'Group.Read.All'])).toEqual([
    'Group.Read.All',
    'User.Read',
  ]);
});

test('AADSTS50194 offers the tenant where its words name one, and says where to find it where not', () => {
  const explain = (words: string) =>
    explainAuthorizeError({ error: 'invalid_request', errorDescription: `AADSTS50194: ${words}` });
  const app = "Application '66666666-7777-4888-8999-000000000000'(Reader) is not configured as a multi-tenant application.";
  const tenant = '11111111-2222-4333-8444-555555555555';
  const usual = explain(`${app} Usage of the /common endpoint is not supported for such apps created after '10/15/2018'.`);
  expect(usual.suggestion).toBeUndefined();
  expect(usual.remedy).toContain('Directory (tenant) ID');
  for (const words of [
    `${app} Use the tenant '${tenant}'.`,
    `${app} It belongs to tenant ID: ${tenant}.`,
    `${app} Use https://login.microsoftonline.com/${tenant}/oauth2/v2.0/authorize.`,
  ]) {
    expect(explain(words).suggestion).toEqual({ field: 'tenant', value: tenant });
  }
  expect(explain(`${app} Use the directory 'Contoso.onmicrosoft.com'.`).suggestion?.value).toBe('contoso.onmicrosoft.com');
});
