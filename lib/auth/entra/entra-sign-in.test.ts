import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#lib/platform/clock.ts';
import { createLog } from '#lib/platform/log.ts';
import { type Db, openDb } from '#lib/platform/postgres/db.ts';
import { createSharedDatabase, createTestDatabase } from '#lib/platform/testing/database.ts';
import type { AuthDeps } from '../auth-config.ts';
import { createSignInAttempts } from '../password/attempts.ts';
import { sessionActor } from '../session/session.ts';
import { REDIRECT_URI, signInByEntra, signOut } from '../testing/entra-browser.ts';
import { type ForeignIssuer, KEY_ID, type PersonClaims, startForeignIssuer } from '../testing/foreign-issuer.ts';
import { TEST_SESSION } from '../testing/session-cookie.ts';
import { parseAdmission } from './entra-admission.ts';
import { createEntraProvider } from './entra-sign-in.ts';
import { createIssuerFetch, type IssuerFetch } from './issuer-fetch.ts';

const GROUP = '0f0a1b2c-0000-4000-8000-000000000001';
const PEOPLE: Record<string, PersonClaims> = {
  member: {},
  grouped: { groups: ['0f0a1b2c-0000-4000-8000-000000000009', GROUP] },
  reader: { roles: ['Entrada.Use'] },
  guest: { acct: 1, groups: [GROUP] },
  'guest-of-elsewhere': { idp: 'https://sts.windows.net/9188040d-6c67-4c5b-b112-36a304b66dad/', groups: [GROUP] },
  stranger: { tid: '99999999-52f1-4f0c-9c6e-6f3c1d0a9e11', groups: [GROUP] },
  crowded: { _claim_names: { groups: 'src1' } },
  nameless: { preferred_username: undefined, groups: [GROUP] },
  'without-id': { oid: undefined, groups: [GROUP] },
};

let dir: string;
let foreign: ForeignIssuer;
let open: IssuerFetch;
/** A database for refused sign-ins: no account is created in it. */
let empty: Db;
let drop: () => Promise<void>;
beforeAll(async () => {
  const shared = await createSharedDatabase('migrated');
  empty = openDb(shared.url, 5);
  drop = shared.drop;
  dir = mkdtempSync(join(tmpdir(), 'entrada-issuer-'));
  // The provider warns that its forms and its memory store are for development only.
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  foreign = await startForeignIssuer({ dir, redirectUri: REDIRECT_URI, people: PEOPLE });
  warn.mockRestore();
  open = createIssuerFetch(foreign.issuer, { extraCaPem: foreign.caPem });
});
afterAll(async () => {
  await foreign.stop();
  await empty.$disconnect();
  await drop();
  rmSync(dir, { recursive: true, force: true });
});

interface World {
  readonly db: Db;
  readonly deps: AuthDeps;
  readonly enter: (login: string, params?: Readonly<Record<string, string>>) => ReturnType<typeof signInByEntra>;
}

interface Options {
  readonly db?: Db;
  readonly allow?: string;
  readonly guests?: boolean;
  /** Changes the ID token on its way to the app. */
  readonly alter?: (token: string) => string | Promise<string>;
}

/** The app with sign-in at the foreign issuer. */
async function world(options: Options = {}): Promise<World> {
  const db = options.db ?? (await createTestDatabase()).db;
  const { issuer, clientId, clientSecret } = foreign;
  const { allow = `group:${GROUP},role:Entrada.Use`, guests = false, alter } = options;
  const fetch = alter === undefined ? open : altering(open, alter);
  const entra = createEntraProvider({ issuer, clientId, clientSecret, fetch, admission: parseAdmission(allow, guests) });
  const clock = systemClock;
  const attempts = createSignInAttempts({ db, clock });
  const deps: AuthDeps = { db, clock, attempts, log: createLog('test', 'silent'), session: TEST_SESSION, entra };
  return { db, deps, enter: (login, params = {}) => signInByEntra(deps, { login, caPem: foreign.caPem, params }) };
}

function altering(fetch: IssuerFetch, alter: (token: string) => string | Promise<string>): IssuerFetch {
  return async (url, init) => {
    const answer = await fetch(url, init);
    if (init?.method !== 'POST') return answer;
    const tokens = (await answer.json()) as { id_token: string };
    return Response.json({ ...tokens, id_token: await alter(tokens.id_token) });
  };
}

const actorOf = (db: Db, cookie: string) => sessionActor(db, new Headers({ cookie }), TEST_SESSION, { now: systemClock.now() });

describe('who comes in, by an OpenID provider of others', () => {
  test.each(['grouped', 'reader'])('%s of the allowed groups and app roles comes in as a viewer', async (login) => {
    const { db, enter } = await world();
    const { path, cookie } = await enter(login);
    expect(path).toBe('/connections');
    expect(await actorOf(db, cookie)).toMatchObject({ email: `${login}@contoso.test`, role: 'viewer', signInWith: ['entra'] });
  });

  test('who has an account keeps its role, found by object id whatever the address is', async () => {
    const { db, enter } = await world();
    await enter('grouped');
    await db.user.updateMany({ data: { role: 'admin', email: 'earlier@contoso.test' } });
    const { cookie } = await enter('grouped');
    expect(await actorOf(db, cookie)).toMatchObject({ email: 'earlier@contoso.test', role: 'admin' });
    expect(await db.user.count()).toBe(1);
  });

  test.each([
    ['a guest', 'guest', 'guest'],
    ['a guest, known by their identity provider', 'guest-of-elsewhere', 'guest'],
    ['a member of another tenant', 'stranger', 'other-tenant'],
    ['who is in none of the groups and roles', 'member', 'not-allowed'],
    ['whose groups were left out', 'crowded', 'groups-left-out'],
    ['who has no address', 'nameless', 'claims-missing'],
    ['who has no object id', 'without-id', 'claims-missing'],
  ])('%s is refused with the reason, and gets no account', async (_who, login, reason) => {
    const { db, enter } = await world({ db: empty });
    const { path, cookie } = await enter(login);
    expect(path).toBe(`/sign-in?error=${reason}`);
    expect(await actorOf(db, cookie)).toBeNull();
    expect(await db.user.count()).toBe(0);
  });

  test('a guest of the group comes in where the operator lets guests in', async () => {
    expect((await (await world({ guests: true })).enter('guest')).path).toBe('/connections');
  });

  test('nobody becomes a viewer by belonging to the tenant, unless the operator says so', async () => {
    expect((await (await world({ allow: '' })).enter('member')).path).toBe('/sign-in?error=no-account');
    expect((await (await world({ allow: 'tenant' })).enter('member')).path).toBe('/connections');
  });

  test('a disabled account is refused, and the sessions of before have ended', async () => {
    const { db, enter } = await world();
    const { cookie } = await enter('grouped');
    await db.user.updateMany({ data: { disabled: true } });
    expect((await enter('grouped')).path).toBe('/sign-in?error=disabled');
    expect(await actorOf(db, cookie)).toBeNull();
  });

  test('a fresh sign-in asks for the credentials anew, and the session tells when they were given', async () => {
    const { db, enter } = await world();
    const begun = Math.floor(Date.now() / 1000) * 1000;
    const { path } = await enter('grouped', { prompt: 'login', max_age: '0' });
    expect(path).toBe('/connections');
    const { authTime } = await db.session.findFirstOrThrow();
    expect(authTime.getTime()).toBeGreaterThanOrEqual(begun);
    expect(authTime.getTime() % 1000, 'seconds, as the token has them').toBe(0);
  });

  test('the session cookie is out of reach of scripts, other hosts and plain http', async () => {
    const { deps } = await world();
    const secure = { ...deps, session: { ...deps.session, secure: true } };
    const { setCookies } = await signInByEntra(secure, { login: 'grouped', caPem: foreign.caPem });
    const [cookie = ''] = setCookies.filter((line) => line.includes('session-token'));
    expect(cookie).toMatch(/^__Host-authjs\.session-token=[^;]{100,}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/);
  });

  test('signing out ends the session on the server', async () => {
    const { db, deps, enter } = await world();
    const { cookie } = await enter('grouped');
    await signOut(deps, cookie);
    expect(await actorOf(db, cookie)).toBeNull();
    expect(await db.session.count()).toBe(0);
  });
});

describe('an ID token that somebody on the way has changed is refused', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const sign = (claims: Record<string, unknown>, key = foreign.privateKey) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: KEY_ID }).sign(key);
  const changed = (change: Record<string, unknown>) => (token: string) => sign({ ...decodeJwt(token), ...change });

  test.each<[string, string, (token: string) => string | Promise<string>]>([
    ['signed by another key', 'token-refused', (token) => sign(decodeJwt(token), other)],
    ['its signature spoiled', 'token-refused', (token) => `${token.slice(0, -8)}AAAAAAAA`],
    ['no signature', 'Configuration', (token) => new UnsecuredJWT(decodeJwt(token)).encode()],
    ['another nonce', 'Configuration', changed({ nonce: 'another' })],
    ['no nonce', 'Configuration', changed({ nonce: undefined })],
    ['another audience', 'Configuration', changed({ aud: '00000000-1f0b-4a3c-8f53-0c9d6b7e2a01' })],
    ['another issuer', 'Configuration', changed({ iss: 'https://login.microsoftonline.com/other/v2.0' })],
    ['long expired', 'Configuration', changed({ exp: 1_700_000_000 })],
    ['another tenant, signed by the issuer', 'other-tenant', changed({ tid: '99999999-52f1-4f0c-9c6e-6f3c1d0a9e11' })],
  ])('%s', async (_what, reason, alter) => {
    const { db, enter } = await world({ db: empty, alter });
    const { path, cookie } = await enter('grouped');
    expect(path).toBe(`/sign-in?error=${reason}`);
    expect(await actorOf(db, cookie)).toBeNull();
    expect(await db.user.count()).toBe(0);
  });

  test('unchanged, signed anew by the issuer, it is taken: the cases above fail for what they change', async () => {
    expect((await (await world({ alter: changed({}) })).enter('grouped')).path).toBe('/connections');
  });

  test.each<[string, Record<string, unknown>]>([
    ['another issuer', { iss: 'https://login.microsoftonline.com/other/v2.0' }],
    ['another audience', { aud: 'another' }],
    ['long expired', { exp: 1_700_000_000 }],
    ['not valid yet', { nbf: 4_000_000_000 }],
    ['no end', { exp: undefined }],
  ])('by Entrada itself, not only by the sign-in library: %s', async (_what, change) => {
    const { deps } = await world({ db: empty });
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: foreign.issuer, aud: foreign.clientId, sub: 'x', iat: now, exp: now + 600 };
    await expect(deps.entra?.verify(await sign({ ...claims, ...change }))).rejects.toThrow();
    await expect(deps.entra?.verify(await sign(claims))).resolves.toMatchObject({ sub: 'x' });
  });
});
