import { expect, test } from 'vitest';
import { Draft, EMPTY_FORM, formErrors, hasTellingMistake } from './connection-form.ts';

const GUID = '0f0f0f0f-1111-2222-3333-444444444444';

test('a client ID and a secret are enough: the rest has defaults', () => {
  expect(formErrors({ ...EMPTY_FORM, clientId: ` ${GUID} `, clientSecret: 'aBc8Q~value' })).toEqual({});
});

test('each field says by itself what is wrong with it', () => {
  const errors = formErrors({ gatewayId: '', clientId: 'x', clientSecret: '', graphBaseUrl: 'graph', tenant: '-' });
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
