import { expect, signInByForm, test } from '../fixtures.ts';
import { expectSignedOutRefused } from './refusals.ts';

test('the signed-out see no settings', async ({ page }) => {
  await expectSignedOutRefused(page, ['/settings', '/settings/people']);
});

for (const role of ['viewer', 'editor'] as const) {
  test(`${role}s don't see who else there is`, async ({ app, page, signIn }) => {
    await signIn(page, role);
    await page.goto('/settings/people');
    await expect(page.getByRole('button', { name: /create|add/i })).toHaveCount(0);
    await expect(page.getByText((await app.account('admin')).email)).toHaveCount(0);
  });
}

test('a disabled person is out at once', async ({ app, browser, page, signIn }) => {
  const account = { email: 'leaver@entrada.test', password: 'a password for the leaver' };
  const made = await app.cli(['admin', 'create-user', account.email, '--role', 'editor'], account.password);
  expect(made.code).toBe(0);
  const context = await browser.newContext({ baseURL: app.baseUrl });
  const leaver = await context.newPage();
  await signInByForm(leaver, account);
  await signIn(page);
  await page.goto('/settings/people');
  const row = page.getByRole('row').filter({ hasText: account.email });
  await row.getByRole('button', { name: /disable/i }).click();
  const confirm = page.getByRole('dialog').getByRole('button', { name: /disable/i });
  if (await confirm.isVisible()) await confirm.click();
  await expect(row.getByText(/disabled/i)).toBeVisible();
  await leaver.goto('/tasks');
  await expect(leaver).toHaveURL(/\/sign-in/);
  await context.close();
});
