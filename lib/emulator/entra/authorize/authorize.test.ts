import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestBrowser, readForm, type TestBrowser, type VisitedPage } from '#lib/emulator/testing/browser.ts';
import { REDIRECT_URI, runTestEmulator, type TestEmulator } from '#lib/emulator/testing/run-emulator.ts';

const ADMIN = 'adele.vance@contoso.example';
const MEMBER = 'bianca.pisani@contoso.example';
const DISABLED = 'dora.disabled@contoso.example';

let emulator: TestEmulator;
let browser: TestBrowser;

beforeEach(async () => {
  emulator = await runTestEmulator();
  browser = createTestBrowser(emulator.info.adminUrl);
});
afterEach(() => emulator.dispose());

function clientOf(key: string): string {
  return emulator.info.otherApps.find((app) => app.key === key)?.clientId ?? '';
}

function authorizeUrl(parameters: Readonly<Record<string, string | null>> = {}, tenant = 'organizations'): string {
  const query = new URLSearchParams();
  const all = {
    client_id: emulator.info.clientId,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile offline_access User.Read',
    state: 's p+c/ä',
    ...parameters,
  };
  for (const [name, value] of Object.entries(all)) if (value !== null) query.set(name, value);
  return `${emulator.info.adminUrl}/${tenant}/oauth2/v2.0/authorize?${query}`;
}

function open(parameters: Readonly<Record<string, string | null>> = {}, tenant?: string): Promise<VisitedPage> {
  return browser.open(authorizeUrl(parameters, tenant));
}

/** Goes from the first page to the one after the password. */
async function signIn(username: string, parameters: Readonly<Record<string, string | null>> = {}): Promise<VisitedPage> {
  const picked = await browser.submit(await open(parameters), { account: username });
  return browser.submit(picked, { step: 'password', password: emulator.info.password });
}

function heading(page: VisitedPage): string {
  return /<h1>(.*?)<\/h1>/.exec(page.text)?.[1] ?? `no heading; left to ${page.leftTo?.href}`;
}

function answerOf(page: VisitedPage): URLSearchParams {
  if (page.leftTo === null) throw new Error(`still on the page "${heading(page)}"`);
  return page.leftTo.searchParams;
}

describe('errors that stay on the emulator’s own page', () => {
  for (const [what, parameters, tenant, code] of [
    ['an unknown tenant', {}, 'elsewhere.example', 90002],
    ['personal accounts', {}, 'consumers', 500207],
    ['no client id', { client_id: null }, 'common', 900144],
    ['an unknown client', { client_id: '00000000-0000-0000-0000-000000000000' }, 'common', 700016],
    ['a redirect URI with another path', { redirect_uri: 'http://localhost:3000/auth/oauth/code/' }, 'common', 50011],
    ['a redirect URI in another case', { redirect_uri: 'http://localhost:3000/auth/oauth/Code' }, 'common', 50011],
    ['a redirect URI of another host', { redirect_uri: 'http://localhost.evil.example/auth/oauth/code' }, 'common', 50011],
  ] as const) {
    it(`${what}: AADSTS${code}`, async () => {
      const page = await open(parameters, tenant);
      expect(page.leftTo).toBeNull();
      expect(page.status).toBe(400);
      expect(page.text).toContain(`AADSTS${code}:`);
      expect(page.text).toMatch(/Correlation Id<\/dt><dd>[0-9a-f-]{36}<.*Timestamp<\/dt><dd>\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/s);
    });
  }

  it('a single-tenant app on /common: AADSTS50194, on its tenant it may', async () => {
    expect((await open({ client_id: clientOf('single-tenant') }, 'common')).text).toContain('AADSTS50194:');
    expect(heading(await open({ client_id: clientOf('single-tenant') }, 'contoso.example'))).toBe('Pick an account');
  });

  it('a disabled app: AADSTS7000112', async () => {
    expect((await open({ client_id: clientOf('disabled') })).text).toContain('AADSTS7000112:');
  });

  it('shows what it was given as text, never as markup', async () => {
    const page = await open({ redirect_uri: '"><script>alert(1)</script>' });
    expect(page.text).not.toContain('<script>alert');
  });

  it('a form that is not ours is refused', async () => {
    const page = await open();
    const picked = await browser.submit(page, { flow: 'made-up', account: ADMIN });
    expect(picked.text).toContain('AADSTS9002313:');
  });
});

describe('errors that go back to the app', () => {
  for (const [what, parameters, error, code] of [
    ['an unknown permission', { scope: 'Nonsense.Read' }, 'invalid_scope', 70011],
    ['.default mixed with named permissions', { scope: '.default User.Read' }, 'invalid_scope', 70011],
    ['two resources', { scope: 'User.Read https://other.example/Thing.Read' }, 'invalid_scope', 70011],
    ['another cloud’s Graph', { scope: 'https://graph.microsoft.us/User.Read' }, 'invalid_resource', 500011],
    ['no scope', { scope: null }, 'invalid_request', 900144],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type', 700054],
    ['an unknown response mode', { response_mode: 'carrier_pigeon' }, 'unsupported_response_mode', 70007],
    ['an unknown prompt', { prompt: 'maybe' }, 'invalid_request', 90023],
    ['prompt=none without a session', { prompt: 'none' }, 'login_required', 50058],
  ] as const) {
    it(`${what}: ${error} AADSTS${code}`, async () => {
      const answer = answerOf(await open(parameters));
      expect(answer.get('error')).toBe(error);
      expect(answer.get('error_description')).toMatch(
        new RegExp(`^AADSTS${code}: .*\r\nTrace ID: .*\r\nCorrelation ID: .*\r\nTimestamp: `),
      );
      expect(answer.get('state')).toBe('s p+c/ä');
      expect(answer.get('code')).toBeNull();
    });
  }
});

describe('signing in', () => {
  it('by picking an account: password, then back with code, state and session_state', async () => {
    const page = await signIn(MEMBER);
    const answer = answerOf(page);
    expect(page.leftTo?.href.startsWith(`${REDIRECT_URI}?code=1.A`)).toBe(true);
    expect(answer.get('state')).toBe('s p+c/ä');
    expect(answer.get('session_state')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.get('error')).toBeNull();
  });

  it('by typing an account', async () => {
    const typing = await browser.submit(await open(), { step: 'other' });
    const page = await browser.submit(typing, { step: 'username', username: ` ${MEMBER.toUpperCase()} ` });
    expect(heading(page)).toBe('Enter password');
  });

  it('an unknown user: AADSTS50034 beside the field, which keeps what was typed', async () => {
    const typing = await browser.submit(await open(), { step: 'other' });
    const page = await browser.submit(typing, { step: 'username', username: 'nobody@contoso.example' });
    expect(heading(page)).toBe('Sign in');
    expect(page.text).toContain('(AADSTS50034)');
    expect(page.text).toContain('value="nobody@contoso.example"');
  });

  it('a wrong password: AADSTS50126, and the right one still works', async () => {
    const picked = await browser.submit(await open(), { account: MEMBER });
    const wrong = await browser.submit(picked, { step: 'password', password: 'wrong' });
    expect(heading(wrong)).toBe('Enter password');
    expect(wrong.text).toContain('(AADSTS50126)');
    expect(readForm(wrong.text).fields.get('username')).toBe(MEMBER);
    const right = await browser.submit(wrong, { step: 'password', password: emulator.info.password });
    expect(answerOf(right).get('code')).not.toBeNull();
  });

  it('a disabled account: AADSTS50057, only to who knows the password', async () => {
    const picked = await browser.submit(await open(), { account: DISABLED });
    expect((await browser.submit(picked, { step: 'password', password: 'wrong' })).text).toContain('(AADSTS50126)');
    const page = await browser.submit(picked, { step: 'password', password: emulator.info.password });
    expect(page.text).toContain('(AADSTS50057)');
    expect(page.leftTo).toBeNull();
  });

  it('Cancel: access_denied AADSTS65004', async () => {
    const answer = answerOf(await browser.submit(await open(), { step: 'cancel' }));
    expect(answer.get('error')).toBe('access_denied');
    expect(answer.get('error_description')).toContain('AADSTS65004');
    expect(answer.get('state')).toBe('s p+c/ä');
  });

  it('a session needs no second password, but select_account asks for the account and login for the password', async () => {
    await signIn(MEMBER);
    expect(answerOf(await open()).get('code')).not.toBeNull();
    expect(answerOf(await open({ prompt: 'none' })).get('code')).not.toBeNull();
    const picker = await open({ prompt: 'select_account' });
    expect(heading(picker)).toBe('Pick an account');
    expect(picker.text).toContain('Signed in');
    expect(answerOf(await browser.submit(picker, { account: MEMBER })).get('code')).not.toBeNull();
    const login = await open({ prompt: 'login', login_hint: MEMBER });
    expect(heading(login)).toBe('Enter password');
  });

  it('login_hint leads to that account’s password, and past another one’s session', async () => {
    await signIn(ADMIN);
    const page = await open({ login_hint: MEMBER });
    expect(heading(page)).toBe('Enter password');
    expect(page.text).toContain(MEMBER);
  });

  it('prompt=none with two sessions: interaction_required AADSTS16000', async () => {
    await signIn(ADMIN);
    await signIn(MEMBER, { prompt: 'select_account' });
    expect(answerOf(await open({ prompt: 'none' })).get('error')).toBe('interaction_required');
    expect(answerOf(await open({ prompt: 'none', login_hint: MEMBER })).get('code')).not.toBeNull();
  });

  it('a revoked session asks for the password again', async () => {
    await signIn(MEMBER);
    await fetch(`${emulator.info.adminUrl}/__admin/revoke`, {
      method: 'POST',
      headers: { authorization: `Bearer ${emulator.info.adminToken}` },
      body: '{}',
    });
    expect(heading(await open())).toBe('Pick an account');
  });

  it('signing out ends the session', async () => {
    await signIn(MEMBER);
    await browser.open(`${emulator.info.adminUrl}/common/oauth2/v2.0/logout`);
    expect(heading(await open())).toBe('Pick an account');
  });
});

describe('the way back', () => {
  it('any port of a registered localhost URI is accepted, and the code is bound to the URI used', async () => {
    const page = await signIn(MEMBER, { redirect_uri: 'http://localhost:4999/auth/oauth/code' });
    expect(page.leftTo?.origin).toBe('http://localhost:4999');
  });

  it('response_mode=fragment answers behind the #', async () => {
    const page = await signIn(MEMBER, { response_mode: 'fragment' });
    expect(page.leftTo?.search).toBe('');
    expect(new URLSearchParams(page.leftTo?.hash.slice(1)).get('code')).not.toBeNull();
  });

  it('response_mode=form_post posts a form to the redirect URI', async () => {
    const form = readForm((await signIn(MEMBER, { response_mode: 'form_post' })).text);
    expect(form.action).toBe(REDIRECT_URI);
    expect(form.fields.get('code')).toMatch(/^1\.A/);
    expect(form.fields.get('state')).toBe('s p+c/ä');
  });

  it('client_info comes when asked for', async () => {
    const text = answerOf(await signIn(MEMBER, { client_info: '1' })).get('client_info') ?? '';
    expect(JSON.parse(Buffer.from(text, 'base64url').toString())).toMatchObject({ utid: emulator.info.tenantId });
  });
});

describe('consent', () => {
  it('a permission that anybody may give: asked once, then remembered, across a restart of the browser', async () => {
    const parameters = { client_id: clientOf('unconsented') };
    const asked = await signIn(MEMBER, parameters);
    expect(heading(asked)).toBe('Permissions requested');
    expect(asked.text).toContain('Sign you in and read your profile');
    expect(asked.text).toContain('Maintain access to data you have given it access to');
    expect(asked.text).not.toContain('behalf of your organization. Nobody');
    expect(answerOf(await browser.submit(asked, { step: 'accept' })).get('code')).not.toBeNull();
    browser = createTestBrowser(emulator.info.adminUrl);
    expect(answerOf(await signIn(MEMBER, parameters)).get('code')).not.toBeNull();
    browser = createTestBrowser(emulator.info.adminUrl);
    expect(heading(await signIn(ADMIN, parameters))).toBe('Permissions requested');
  });

  it('Cancel on the consent page: access_denied AADSTS65004, and nothing is consented', async () => {
    const parameters = { client_id: clientOf('unconsented') };
    const answer = answerOf(await browser.submit(await signIn(MEMBER, parameters), { step: 'cancel' }));
    expect(answer.get('error_description')).toContain('AADSTS65004');
    expect(heading(await open(parameters))).toBe('Permissions requested');
  });

  it('a member asking for an administrator’s permissions: Need admin approval, AADSTS90094, and no way on', async () => {
    const page = await signIn(MEMBER, { client_id: clientOf('unconsented'), scope: 'User.Read.All' });
    expect(heading(page)).toBe('Need admin approval');
    expect(page.text).toContain('AADSTS90094');
    expect(page.text).not.toContain('value="accept"');
    const forced = await browser.submit(page, { step: 'accept' });
    expect(heading(forced)).toBe('Need admin approval');
  });

  it('an administrator may accept for everyone', async () => {
    const parameters = { client_id: clientOf('unconsented'), scope: 'User.Read.All' };
    const asked = await signIn(ADMIN, parameters);
    expect(heading(asked)).toBe('Permissions requested');
    await browser.submit(asked, { step: 'accept', organization: '1' });
    browser = createTestBrowser(emulator.info.adminUrl);
    expect(answerOf(await signIn(MEMBER, parameters)).get('code')).not.toBeNull();
  });

  it('the demo app is consented already, and prompt=consent asks all the same', async () => {
    expect(answerOf(await signIn(MEMBER, { scope: '.default offline_access' })).get('code')).not.toBeNull();
    expect(heading(await open({ prompt: 'consent' }))).toBe('Permissions requested');
  });

  it('prompt=none without consent: interaction_required AADSTS65001', async () => {
    await signIn(MEMBER);
    const answer = answerOf(await open({ client_id: clientOf('unconsented'), prompt: 'none' }));
    expect(answer.get('error')).toBe('interaction_required');
    expect(answer.get('error_description')).toContain('AADSTS65001');
  });

  it('the admin consent endpoint grants for the tenant, to administrators only', async () => {
    const query = new URLSearchParams({
      client_id: clientOf('unconsented'),
      scope: `${emulator.info.authority}/.default`,
      redirect_uri: REDIRECT_URI,
      state: '42',
    });
    const url = `${emulator.info.adminUrl}/contoso.example/v2.0/adminconsent?${query}`;
    const walk = async (username: string) => {
      const picked = await browser.submit(await browser.open(url), { account: username });
      return browser.submit(picked, { step: 'password', password: emulator.info.password });
    };
    expect(heading(await walk(MEMBER))).toBe('Need admin approval');
    const asked = await walk(ADMIN);
    expect(answerOf(await browser.submit(asked, { step: 'cancel' })).get('error')).toBe('consent_required');
    const answer = answerOf(await browser.submit(asked, { step: 'accept' }));
    expect(Object.fromEntries(answer)).toMatchObject({ admin_consent: 'True', tenant: emulator.info.tenantId, state: '42' });
    expect(
      answerOf(await open({ client_id: clientOf('unconsented'), scope: 'Group.Read.All', login_hint: MEMBER })).get('code'),
    ).not.toBeNull();
    expect((await browser.open(url.replace('contoso.example', 'common'))).text).toContain('AADSTS90023');
  });
});
