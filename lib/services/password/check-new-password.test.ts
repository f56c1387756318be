import { expect, it } from 'vitest';
import { checkNewPassword } from './check-new-password.ts';

const person = { email: 'Ada.Lovelace@contoso.test' };

it.each([
  '1q2w3e4r5t6y',
  'Administrator',
  'UNBELIEVABLE',
  'Password2026!!',
  '!!football1234',
  'passwordpassword',
  'qwertyqwertyqwerty',
  '111111111111',
  'ada.lovelace@contoso.test',
  'Ada.Lovelace1',
  'Entrada12345',
])('refuses %s', (password) => {
  expect(() => checkNewPassword(password, person)).toThrow(/easy to guess/);
});

it.each(['correct horse battery staple', 'tulip engine 42 forget', 'x9$Lq2!vR7#p', 'grüne Inseln im Nebel'])(
  'takes %s',
  (password) => {
    expect(() => checkNewPassword(password, person)).not.toThrow();
  },
);
