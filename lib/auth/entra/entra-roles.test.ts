import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { EntraRoleRule } from '#lib/domain/account/entra-role-rule.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { createLog } from '#lib/platform/log.ts';
import { type Db, openDb } from '#lib/platform/postgres/db.ts';
import { createSharedDatabase } from '#lib/platform/testing/database.ts';
import { replaceEntraRoleRules } from '#lib/store/account/entra-role-rules.ts';
import type { AuthDeps } from '../auth-config.ts';
import { createSignInAttempts } from '../password/attempts.ts';
import { REDIRECT_URI, signInByEntra } from '../testing/entra-browser.ts';
import { type ForeignIssuer, type PersonClaims, startForeignIssuer } from '../testing/foreign-issuer.ts';
import { TEST_SESSION } from '../testing/session-cookie.ts';
import { parseAdmission } from './entra-admission.ts';
import { createEntraProvider } from './entra-sign-in.ts';
import { createIssuerFetch } from './issuer-fetch.ts';

const READERS = '0f0a1b2c-0000-4000-8000-000000000001';
const ADMINS = '0f0a1b2c-0000-4000-8000-000000000002';
const RULES: readonly EntraRoleRule[] = [
  { kind: 'group', value: READERS, role: 'viewer' },
  { kind: 'app-role', value: 'Entrada.Edit', role: 'editor' },
  { kind: 'group', value: ADMINS, role: 'admin' },
];
const people: Record<string, PersonClaims> = {
  ada: { groups: [ADMINS.toUpperCase(), READERS] },
  ben: { roles: ['Entrada.Edit'], groups: [READERS] },
  cleo: { groups: [READERS] },
  dan: { groups: ['0f0a1b2c-0000-4000-8000-000000000009'] },
  crowded: { _claim_names: { groups: 'src1' } },
  'crowded-editor': { _claim_names: { groups: 'src1' }, roles: ['Entrada.Edit'] },
  guest: { acct: 1, groups: [ADMINS] },
};

let dir: string;
let foreign: ForeignIssuer;
let db: Db;
let drop: () => Promise<void>;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'entrada-issuer-'));
  // It says that its forms and its memory are for development only, which is what they are for here.
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  foreign = await startForeignIssuer({ dir, redirectUri: REDIRECT_URI, people });
  warn.mockRestore();
  const shared = await createSharedDatabase('migrated');
  db = openDb(shared.url, 5);
  drop = shared.drop;
});
beforeEach(async () => {
  await db.session.deleteMany();
  await db.user.deleteMany();
  await db.$transaction((tx) => replaceEntraRoleRules(tx, RULES));
});
afterAll(async () => {
  await foreign.stop();
  await db.$disconnect();
  await drop();
  rmSync(dir, { recursive: true, force: true });
});

/** Signs in by the browser at the issuer; answers where the browser ends. */
async function enter(login: string, allow = ''): Promise<string> {
  const { issuer, clientId, clientSecret, caPem } = foreign;
  const fetch = createIssuerFetch(issuer, { extraCaPem: caPem });
  const entra = createEntraProvider({ issuer, clientId, clientSecret, fetch, admission: parseAdmission(allow, false) });
  const attempts = createSignInAttempts({ db, clock: systemClock });
  const deps: AuthDeps = { db, clock: systemClock, attempts, log: createLog('test', 'silent'), session: TEST_SESSION, entra };
  return (await signInByEntra(deps, { login, caPem })).path;
}

const roleOf = async (login: string) => (await db.user.findUnique({ where: { email: `${login}@contoso.test` } }))?.role ?? null;

test.each([
  ['ada', 'admin'],
  ['ben', 'editor'],
  ['cleo', 'viewer'],
  ['crowded-editor', 'editor'],
])('%s gets the highest role that a group or an app role gives: %s', async (login, role) => {
  expect(await enter(login)).toBe('/connections');
  expect(await roleOf(login)).toBe(role);
});

test.each([
  ['whom no rule gives a role', 'dan', '', 'no-role'],
  ['whom no rule gives a role, although the operator lets the whole tenant in', 'dan', 'tenant', 'no-role'],
  ['whose groups were left out of the token', 'crowded', 'tenant', 'groups-left-out'],
  ['a guest, whatever the rules give', 'guest', '', 'guest'],
  ['whom the operator does not let in, whatever the rules give', 'cleo', 'role:Entrada.Use', 'not-allowed'],
])('%s is refused with the reason, and gets no account', async (_who, login, allow, reason) => {
  expect(await enter(login, allow)).toBe(`/sign-in?error=${reason}`);
  expect(await db.user.count()).toBe(0);
});

test('the role follows the claims at each sign-in, and the change is in the audit trail', async () => {
  await enter('ada');
  await enter('ben');
  const claims = people['ben'];
  people['ben'] = { groups: [ADMINS] };
  expect(await enter('ben')).toBe('/connections');
  expect(await roleOf('ben')).toBe('admin');
  people['ben'] = { groups: [READERS] };
  await enter('ben');
  expect(await roleOf('ben')).toBe('viewer');
  people['ben'] = {};
  expect(await enter('ben'), 'who lost the last of them does not come in').toBe('/sign-in?error=no-role');
  people['ben'] = claims ?? {};
  const changes = await db.auditEvent.findMany({ where: { action: 'user.change-role-by-entra' }, orderBy: { at: 'asc' } });
  expect(changes.map(({ detail }) => detail)).toEqual([
    { from: 'editor', to: 'admin' },
    { from: 'admin', to: 'viewer' },
  ]);
});

test('the last administrator stays one: no rule locks everybody out of the settings', async () => {
  await enter('ada');
  const claims = people['ada'];
  people['ada'] = { groups: [READERS] };
  expect(await enter('ada')).toBe('/connections');
  expect(await roleOf('ada')).toBe('admin');
  people['ada'] = claims ?? {};
});

test('without rules a role that was set by hand stays', async () => {
  await db.$transaction((tx) => replaceEntraRoleRules(tx, []));
  await enter('cleo', 'tenant');
  await db.user.updateMany({ data: { role: 'editor' } });
  await enter('cleo', 'tenant');
  expect(await roleOf('cleo')).toBe('editor');
});
