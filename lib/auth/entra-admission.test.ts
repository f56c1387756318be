import { expect, test } from 'vitest';
import { type AdmissionClaims, isAdmitted, parseAdmission } from './entra-admission.ts';

const GROUP = '0F0A1B2C-0000-4000-8000-000000000001';

test.each<[string, string, boolean, AdmissionClaims, boolean, boolean]>([
  ['nobody new while nothing is said', '', false, {}, false, false],
  ['who has an account while nothing is said', '', false, {}, true, true],
  ['every member, where the operator says tenant', 'tenant', false, {}, false, true],
  ['no guest by default', 'tenant', false, { acct: 1 }, false, false],
  ['no guest by default, known by the identity provider', 'tenant', false, { idp: 'live.com' }, true, false],
  ['a member whose account says so, whoever signed them in', 'tenant', false, { acct: 0, idp: 'x' }, false, true],
  ['a guest, where the operator says so', 'tenant', true, { acct: 1 }, false, true],
  ['a guest without the group', `group:${GROUP}`, true, { acct: 1 }, false, false],
  ['a member of the group, in whatever case', `group:${GROUP}`, false, { groups: [GROUP.toLowerCase()] }, false, true],
  ['who left the group, although they have an account', `group:${GROUP}`, false, { groups: [] }, true, false],
  ['who has too many groups for the token', `group:${GROUP}`, false, {}, true, false],
  ['who has the app role', 'role:Entrada.Use', false, { roles: ['Entrada.Use'] }, false, true],
  ['one of group or role', `group:${GROUP}, role:Entrada.Use`, false, { roles: ['Entrada.Use'] }, false, true],
  ['another role', 'role:Entrada.Use', false, { roles: ['entrada.use'] }, true, false],
])('%s', (_who, setting, guests, claims, hasAccount, admitted) => {
  expect(isAdmitted(claims, parseAdmission(setting, guests), hasAccount)).toBe(admitted);
});

test.each(['everybody', 'group:admins', 'role:', 'tenant;role:x'])('%j is refused and named', (setting) => {
  expect(() => parseAdmission(setting, false)).toThrow(setting);
});
