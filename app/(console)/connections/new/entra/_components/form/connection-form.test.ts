import { expect, test } from 'vitest';
import type { ConnectionDto } from '#lib/domain/connection/connection.ts';
import { Draft, EMPTY_FORM, formErrors, formOf, hasTellingMistake, needsSignIn } from './connection-form.ts';

const GUID = '0f0f0f0f-1111-2222-3333-444444444444';

test('a client ID and a secret are enough: the rest has defaults', () => {
  expect(formErrors({ ...EMPTY_FORM, clientId: ` ${GUID} `, clientSecret: 'aBc8Q~value' })).toEqual({});
});

test('each field says by itself what is wrong with it', () => {
  const errors = formErrors({ ...EMPTY_FORM, clientId: 'x', clientSecret: '', graphBaseUrl: 'graph', tenant: '-' });
  expect(Object.keys(errors).sort()).toEqual(['clientId', 'clientSecret', 'graphBaseUrl', 'tenant']);
});

test('a secret ID in place of the secret is told as it is typed', () => {
  const form = { ...EMPTY_FORM, clientId: GUID, clientSecret: GUID };
  expect(hasTellingMistake(form)).toBe(true);
  expect(formErrors(form).clientSecret).toContain('Secret ID');
});

test('what survives a reload has no place for the secret', () => {
  expect(Object.keys(Draft.shape)).not.toContain('clientSecret');
});

test('the application signs in to one tenant, a person to whichever the account is of', () => {
  const form = { ...EMPTY_FORM, clientId: GUID, clientSecret: 'aBc8Q~value' };
  expect(formErrors({ ...form, signIn: 'app-only' }).tenant).toContain('one tenant');
  expect(formErrors({ ...form, signIn: 'app-only', tenant: 'contoso.com' })).toEqual({});
});

test('an existing connection keeps its secret, unless the kind of credential changes', () => {
  const existing = {
    id: 'conn_23456789abcdefghjkmn',
    gateway: null,
    clientId: GUID,
    credential: 'secret',
    certificate: null,
    graphBaseUrl: EMPTY_FORM.graphBaseUrl,
    tenant: 'organizations',
    signIn: 'delegated',
  } as unknown as ConnectionDto;
  const form = formOf(existing);
  expect(formErrors(form, existing)).toEqual({});
  expect(formErrors({ ...form, credential: 'certificate' }, existing).certificateId).toContain('Generate');
  expect(needsSignIn({ ...form, clientSecret: 'new~value' }, existing)).toBe(false);
  expect(needsSignIn({ ...form, gatewayId: 'gw_23456789abcdefghjkmn' }, existing)).toBe(false);
  expect(needsSignIn({ ...form, tenant: 'contoso.com' }, existing)).toBe(true);
});
