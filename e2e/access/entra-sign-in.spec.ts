import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type ForeignIssuer, startForeignIssuer } from '#lib/auth/testing/foreign-issuer.ts';
import { expect, test } from '../support/fixtures.ts';
import { freePorts } from '../support/free-ports.ts';
import { withDatabase } from '../support/leaks.ts';
import { type Product, startProduct } from '../support/product.ts';
import { expectFitInEveryLayout } from '../support/screenshots.ts';

const GROUP = '0f0a1b2c-0000-4000-8000-000000000001';
const PEOPLE = {
  grace: { name: 'Grace Hopper', groups: [GROUP] },
  linus: { roles: ['Entrada.Use'] },
  mallory: { groups: [] },
  visitor: { acct: 1, groups: [GROUP] },
  stranger: { tid: '99999999-52f1-4f0c-9c6e-6f3c1d0a9e11', groups: [GROUP] },
  crowded: { _claim_names: { groups: 'src1' } },
};

// The issuer's certificate is from its own authority; Entrada trusts it by ENTRADA_EXTRA_CA_FILE, the browser does not.
// The base address is set here, so that no other product is started for these tests.
test.use({ ignoreHTTPSErrors: true, allowedErrors: [/favicon/], baseURL: 'http://localhost' });

let dir: string;
let issuer: ForeignIssuer;
let product: Product;

test.beforeAll(async () => {
  test.setTimeout(240_000);
  dir = mkdtempSync(join(tmpdir(), 'entrada-issuer-'));
  const [port = 0] = await freePorts(1);
  issuer = await startForeignIssuer({
    dir,
    redirectUri: `http://localhost:${port}/api/auth/callback/microsoft-entra-id`,
    people: PEOPLE,
  });
  product = await startProduct({
    PORT: String(port),
    ENTRADA_DEMO: '0',
    ENTRADA_WORKERS: '0',
    ENTRADA_EXTRA_CA_FILE: issuer.caFile,
    AUTH_MICROSOFT_ENTRA_ID_ID: issuer.clientId,
    AUTH_MICROSOFT_ENTRA_ID_SECRET: issuer.clientSecret,
    AUTH_MICROSOFT_ENTRA_ID_ISSUER: issuer.issuer,
    ENTRADA_ENTRA_ALLOW: `group:${GROUP}, role:Entrada.Use`,
  });
});

test.afterAll(async () => {
  await product.stop();
  await issuer.stop();
  rmSync(dir, { recursive: true, force: true });
});

test.beforeEach(async ({ page }) => {
  // The issuer's form requests a font from the internet.
  await page.route('https://fonts.googleapis.com/**', (route) => route.fulfill({ contentType: 'text/css', body: '' }));
});

/** Presses the button of the sign-in page, and fills in the form of the issuer. */
async function signIn(page: Page, login: string): Promise<void> {
  await page.goto(`${product.baseUrl}/sign-in?callbackUrl=/tasks`);
  await goToIssuer(page);
  await fillIssuersForm(page, login);
}

/** Presses the button, again when the page was not hydrated yet. */
async function goToIssuer(page: Page): Promise<void> {
  await expect(async () => {
    await page.getByRole('button', { name: 'Sign in with Microsoft' }).click({ timeout: 3000 });
    await page.waitForURL((url) => url.origin === new URL(issuer.issuer).origin, { timeout: 10_000 });
  }).toPass({ timeout: 45_000 });
}

async function fillIssuersForm(page: Page, login: string): Promise<void> {
  await page.getByPlaceholder('Enter any login').fill(login);
  await page.getByPlaceholder('and password').fill('whatever');
  await page.getByRole('button', { name: 'Sign-in' }).click();
}

async function update(set: string, login: string): Promise<void> {
  await withDatabase(product, (client) => client.query(`UPDATE users SET ${set} WHERE email = $1`, [`${login}@contoso.test`]));
}

test('a member of the group comes in as a viewer, signs out on the server, and comes in no more when disabled', async ({
  page,
  playwright,
}) => {
  await signIn(page, 'grace');
  await page.waitForURL(`${product.baseUrl}/tasks`);
  await expect(page.getByRole('button', { name: 'Account of grace@contoso.test' })).toContainText('Viewer');
  const cookie = (await page.context().cookies(product.baseUrl)).map(({ name, value }) => `${name}=${value}`).join('; ');
  const copy = await playwright.request.newContext({ baseURL: product.baseUrl, extraHTTPHeaders: { cookie } });
  expect((await copy.get('/api/v1/connections')).status()).toBe(200);
  expect((await copy.get('/api/v1/audit')).status()).toBe(403);
  await page.getByRole('button', { name: /Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL(/\/sign-in/);
  expect((await copy.get('/api/v1/connections')).status()).toBe(401);
  await copy.dispose();
  await update('disabled = true', 'grace');
  await page.context().clearCookies();
  await signIn(page, 'grace');
  await expect(page.getByText('Your account in Entrada is disabled.')).toBeVisible();
});

test('who has an app role is let in, and a fresh sign-in at the issuer allows what is sensitive', async ({ page }) => {
  await signIn(page, 'linus');
  await page.waitForURL(`${product.baseUrl}/tasks`);
  await update(`role = 'admin'`, 'linus');
  await withDatabase(product, (client) => client.query(`UPDATE sessions SET auth_time = auth_time - interval '10 minutes'`));
  await page.goto(`${product.baseUrl}/settings/people`);
  const invite = async () => {
    await page.getByRole('button', { name: 'Invite user' }).click();
    await page.getByLabel('Name').fill('Later');
    await page.getByLabel('E-mail').fill('later@entrada.test');
    await page.getByRole('dialog').getByRole('button', { name: 'Invite user' }).click();
  };
  await invite();
  await page.getByRole('dialog', { name: 'Sign in again' }).getByRole('button', { name: 'Sign in with Microsoft' }).click();
  // The issuer still has its session, and asks anyway.
  await fillIssuersForm(page, 'linus');
  await page.waitForURL(`${product.baseUrl}/settings/people`);
  await invite();
  await expect(page.getByRole('region', { name: 'link' })).toBeVisible();
});

test('others are told why they do not come in, and get no account', async ({ page }) => {
  for (const [login, words] of [
    ['mallory', 'You have none of the groups and app roles that may sign in to Entrada.'],
    ['visitor', 'You are a guest in this tenant, and guests may not sign in to Entrada.'],
    ['stranger', 'Your account belongs to a tenant that may not sign in to Entrada.'],
    ['crowded', 'You are in too many groups'],
  ] as const) {
    await page.context().clearCookies();
    await signIn(page, login);
    await expect(page.getByText(words)).toBeVisible();
    await page.goto(`${product.baseUrl}/tasks`);
    await expect(page).toHaveURL(/\/sign-in/);
  }
  await page.goto(`${product.baseUrl}/sign-in?error=guest`);
  await expectFitInEveryLayout(page, '-refused');
  const known = await withDatabase(product, (client) => client.query('SELECT email FROM users ORDER BY email'));
  const emails = (known.rows as { email: string }[]).map(({ email }) => email);
  expect(emails.filter((email) => /mallory|visitor|stranger|crowded/.test(email))).toEqual([]);
});

test('who turns round at the issuer is told so, and may try again', async ({ page }) => {
  await page.goto(`${product.baseUrl}/sign-in`);
  await goToIssuer(page);
  await page.getByRole('link', { name: '[ Cancel ]' }).click();
  await expect(page.getByText('The sign-in with Microsoft failed.')).toBeVisible();
});
