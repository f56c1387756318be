import { expect, test } from 'vitest';
import type { EntraRefusal } from '#lib/domain/account/entra-refusal.ts';
import { type AdmissionClaims, isOtherTenant, parseAdmission, refusalOf } from './entra-admission.ts';

const GROUP = '0F0A1B2C-0000-4000-8000-000000000001';
const TENANT = '7a1c6f2e-3b4d-4e5f-8a9b-0c1d2e3f4a5b';
const ISSUER = `https://login.microsoftonline.com/${TENANT}/v2.0`;

test.each<[string, string, boolean, AdmissionClaims, boolean, EntraRefusal | null]>([
  ['nobody new while nothing is said', '', false, {}, false, 'no-account'],
  ['who has an account while nothing is said', '', false, {}, true, null],
  ['every member, where the operator says tenant', 'tenant', false, {}, false, null],
  ['no guest by default', 'tenant', false, { acct: 1 }, false, 'guest'],
  ['no guest by default, known by the identity provider', 'tenant', false, { idp: 'live.com' }, true, 'guest'],
  ['a member whose identity provider is the issuer itself', 'tenant', false, { iss: ISSUER, idp: ISSUER }, false, null],
  [
    'a member whose identity provider is the tenant',
    'tenant',
    false,
    { tid: TENANT, idp: `https://sts.windows.net/${TENANT}/` },
    false,
    null,
  ],
  ['a guest of another tenant', 'tenant', false, { tid: TENANT, idp: `https://sts.windows.net/${GROUP}/` }, false, 'guest'],
  ['a member whose account says so, whoever signed them in', 'tenant', false, { acct: 0, idp: 'x' }, false, null],
  ['a guest, where the operator says so', 'tenant', true, { acct: 1 }, false, null],
  ['a guest without the group', `group:${GROUP}`, true, { acct: 1 }, false, 'not-allowed'],
  ['a member of the group, in whatever case', `group:${GROUP}`, false, { groups: [GROUP.toLowerCase()] }, false, null],
  ['who left the group, although they have an account', `group:${GROUP}`, false, { groups: [] }, true, 'not-allowed'],
  [
    'who has too many groups for the token',
    `group:${GROUP}`,
    false,
    { _claim_names: { groups: 'src1' } },
    true,
    'groups-left-out',
  ],
  ['who has the app role', 'role:Entrada.Use', false, { roles: ['Entrada.Use'] }, false, null],
  ['one of group or role', `group:${GROUP}, role:Entrada.Use`, false, { roles: ['Entrada.Use'] }, false, null],
  ['another role', 'role:Entrada.Use', false, { roles: ['entrada.use'] }, true, 'not-allowed'],
])('%s', (_who, setting, guests, claims, hasAccount, refusal) => {
  expect(refusalOf(claims, parseAdmission(setting, guests), hasAccount)).toBe(refusal);
});

test.each(['everybody', 'group:admins', 'role:', 'tenant;role:x'])('%j is refused and named', (setting) => {
  expect(() => parseAdmission(setting, false)).toThrow(setting);
});

test.each<[string, string, AdmissionClaims, boolean]>([
  ['its own tenant', ISSUER, { tid: TENANT.toUpperCase() }, false],
  ['another tenant', ISSUER, { tid: GROUP }, true],
  ['no tenant in the token', ISSUER, {}, true],
  ['an issuer that names no tenant', 'https://id.contoso.test/', {}, false],
])('a token of %s', (_which, issuer, claims, other) => {
  expect(isOtherTenant(claims, issuer)).toBe(other);
});
