import { expect, it } from 'vitest';
import type { TargetKindDto } from '#lib/domain/target/target.ts';
import { enteredValues, fieldOf, messageOf, splitUrl, startValues } from './target-form-values.ts';

const KIND: TargetKindDto = {
  kind: 'postgres',
  title: 'PostgreSQL',
  summary: '',
  methods: ['full-load'],
  capabilities: {
    atomicSwap: true,
    merge: true,
    files: false,
    conditionalPut: false,
    softDelete: true,
    together: 'at-once',
    relations: true,
  },
  fields: [
    { name: 'host', label: 'Host', input: 'text', secret: false },
    { name: 'port', label: 'Port', input: 'number', secret: false, initial: '5432' },
    { name: 'password', label: 'Password', input: 'password', secret: true },
    { name: 'tls', label: 'TLS', input: 'choice', secret: false, options: [{ value: 'verify-full', label: 'Verify' }] },
  ],
};

it('a new target starts with the initial values, an edited one with its settings, and neither with a secret', () => {
  expect(startValues(KIND)).toEqual({ host: '', port: '5432', password: '', tls: 'verify-full' });
  const settings = { host: 'db.test', port: 6432, password: 'never', tls: 'disable' };
  expect(startValues(KIND, { settings })).toEqual({ host: 'db.test', port: '6432', password: '', tls: 'disable' });
});

it('numbers go out as numbers, secrets apart from settings, and what is no number as it was typed', () => {
  const values = { host: 'db.test', port: ' 6432 ', password: 'secret', tls: 'disable' };
  expect(enteredValues(KIND.fields, values)).toEqual({
    settings: { host: 'db.test', port: 6432, tls: 'disable' },
    secrets: { password: 'secret' },
  });
  expect(enteredValues(KIND.fields, { ...values, port: 'x' }).settings).toMatchObject({ port: 'x' });
});

it('fields that belong to another choice are neither shown nor sent', () => {
  const when = (value: string) => ({ when: { field: 'signIn', values: [value] } });
  const fields: TargetKindDto['fields'] = [
    { name: 'signIn', label: 'Sign in with', input: 'choice', secret: false },
    { name: 'key', label: 'Key', input: 'password', secret: true, ...when('key') },
    { name: 'clientId', label: 'Client ID', input: 'text', secret: false, ...when('application') },
  ];
  const values = { signIn: 'application', key: 'left over', clientId: 'id' };
  expect(enteredValues(fields, values)).toEqual({ settings: { signIn: 'application', clientId: 'id' }, secrets: {} });
});

it('a connection string pasted as the host fills the fields that there are, and anything else is left as typed', () => {
  const url = 'postgresql://ada:pass%20word@db.test:6432/ware%2Fhouse?sslmode=verify-full&application_name=x';
  expect(splitUrl(KIND.fields, url)).toEqual({ host: 'db.test', port: '6432', password: 'pass word', tls: 'verify-full' });
  expect(splitUrl(KIND.fields, 'postgres://db.test?sslmode=prefer')).toEqual({ host: 'db.test' });
  expect(splitUrl(KIND.fields, 'db.test')).toBeNull();
  expect(splitUrl([{ name: 'path', label: 'Folder', input: 'text', secret: false }], url)).toBeNull();
});

it('a problem of the service is shown at its field, without the label twice', () => {
  const problem = { code: 'target-settings', title: 'Host: Enter the host.', field: 'settings.host' } as const;
  expect([fieldOf(problem), messageOf(problem, 'Host')]).toEqual(['host', 'Enter the host.']);
  expect(fieldOf({ code: 'invalid-input', title: 'x' })).toBeNull();
});
