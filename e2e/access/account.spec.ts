import { expect, signInByForm, test } from '../support/fixtures.ts';
import { withDatabase } from '../support/leaks.ts';
import type { Account, Product } from '../support/product.ts';
import { expectSignedOutRefused } from '../support/refusals.ts';
import { expectFitInEveryLayout } from '../support/screenshots.ts';

async function accountOf(app: Product, email: string, role = 'viewer'): Promise<Account> {
  const account = { email, password: 'the first long password' };
  expect((await app.cli(['admin', 'create-user', email, '--role', role, '--password-stdin'], account.password)).code).toBe(0);
  return account;
}

test('the signed-out see no account', async ({ page }) => {
  await expectSignedOutRefused(page, ['/settings/account']);
});

test('who signs out is out everywhere that the cookie was copied to', async ({ app, page, playwright }) => {
  await signInByForm(page, await accountOf(app, 'copied@entrada.test'));
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const copy = await playwright.request.newContext({ baseURL: app.baseUrl, extraHTTPHeaders: { cookie } });
  expect((await copy.get('/api/v1/connections')).status()).toBe(200);
  await page.getByRole('button', { name: /Account of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL(/\/sign-in/);
  expect((await copy.get('/api/v1/connections')).status()).toBe(401);
  const back = await copy.get('/tasks', { maxRedirects: 0 });
  expect(back.headers()['location']).toContain('/sign-in?callbackUrl=%2Ftasks');
  await copy.dispose();
});

test('one changes one’s own password, which signs out everywhere else, and ends all sessions', async ({ app, browser, page }) => {
  const account = await accountOf(app, 'own@entrada.test');
  await signInByForm(page, account);
  const elsewhere = await browser.newContext({ baseURL: app.baseUrl });
  const other = await elsewhere.newPage();
  await signInByForm(other, account);
  await page.goto('/settings');
  await page.getByRole('link', { name: /Password and sessions/ }).click();
  await expect(page.getByText('This browser')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Signed in' })).toHaveCount(2);
  await expectFitInEveryLayout(page, '-account');
  await page.getByRole('button', { name: /^End the session of/ }).click();
  await expect(page.getByRole('button', { name: /^End the session of/ })).toHaveText('Ended');
  await other.goto('/tasks');
  await expect(other).toHaveURL(/\/sign-in/);
  await signInByForm(other, account);
  const change = async (current: string, password: string) => {
    await page.getByLabel('Current password', { exact: true }).fill(current);
    await page.getByLabel('New password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Change password' }).click();
  };
  await change('not my password', 'several words apart');
  await expect(page.getByText('The password is wrong.')).toBeVisible();
  await change(account.password, 'password12345');
  await expect(page.getByText(/easy to guess/)).toBeVisible();
  await change(account.password, 'several words apart');
  await expect(page.getByText('Changed your password')).toBeVisible();
  await page.reload();
  await expect(page.getByText('This browser')).toBeVisible();
  await other.goto('/tasks');
  await expect(other).toHaveURL(/\/sign-in/);
  await signInByForm(other, { ...account, password: 'several words apart' });
  await page.getByRole('button', { name: 'End all sessions' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End all sessions' }).click();
  await page.waitForURL(/\/sign-in/);
  await other.goto('/tasks');
  await expect(other).toHaveURL(/\/sign-in/);
  await elsewhere.close();
});

test('what is sensitive asks for the password when the sign-in is no longer fresh, and then goes on', async ({ app, page }) => {
  const account = await accountOf(app, 'stale@entrada.test', 'admin');
  await signInByForm(page, account);
  await page.goto('/settings/people');
  await withDatabase(app, (client) =>
    client.query(
      `UPDATE sessions SET auth_time = auth_time - interval '10 minutes' WHERE user_id = (SELECT id FROM users WHERE email = $1)`,
      [account.email],
    ),
  );
  await page.getByRole('button', { name: 'Invite user' }).click();
  await page.getByLabel('Name').fill('Later');
  await page.getByLabel('E-mail').fill('later@entrada.test');
  await page.getByRole('dialog').getByRole('button', { name: 'Invite user' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign in again' });
  await expect(dialog).toBeVisible();
  await expectFitInEveryLayout(page, '-sign-in-again');
  await dialog.getByLabel('Your password', { exact: true }).fill('not my password');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog.getByText('The password is wrong.')).toBeVisible();
  await dialog.getByLabel('Your password', { exact: true }).fill(account.password);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('region', { name: 'link' })).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).click();
  const row = page.getByRole('row').filter({ hasText: 'later@entrada.test' });
  await row.getByRole('button', { name: /^Disable/ }).click();
  await expect(row.getByText('Disabled', { exact: true })).toBeVisible();
});
