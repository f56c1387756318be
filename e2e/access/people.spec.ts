import { expect, signInByForm, test } from '../support/fixtures.ts';
import { expectSignedOutRefused } from '../support/refusals.ts';
import { expectFitInEveryLayout } from '../support/screenshots.ts';

test('the signed-out see no settings', async ({ page }) => {
  await expectSignedOutRefused(page, ['/settings', '/settings/people']);
});

for (const role of ['viewer', 'editor'] as const) {
  test(`${role}s don't see who else there is`, async ({ app, page, signIn }) => {
    await signIn(page, role);
    await page.goto('/settings/people');
    await expect(page.getByRole('button', { name: /invite|create|add/i })).toHaveCount(0);
    await expect(page.getByText((await app.account('admin')).email)).toHaveCount(0);
  });
}

test('a disabled person is out at once', async ({ app, browser, page, signIn }) => {
  const account = { email: 'leaver@entrada.test', password: 'a password for the leaver' };
  const made = await app.cli(['admin', 'create-user', account.email, '--role', 'editor', '--password-stdin'], account.password);
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

test('who is invited sets a password by the link, once, and nobody else knows it', async ({ app, browser, page, signIn }) => {
  await signIn(page);
  await page.goto('/settings/people');
  await page.getByRole('button', { name: 'Invite user' }).click();
  await page.getByLabel('Name').fill('Grace');
  await page.getByLabel('E-mail').fill('grace@entrada.test');
  await expect(page.getByRole('dialog').getByLabel(/password/i)).toHaveCount(0);
  await expectFitInEveryLayout(page, '-invite');
  await page.getByRole('dialog').getByRole('button', { name: 'Invite user' }).click();
  const link = (await page.getByRole('region', { name: 'link' }).textContent())?.trim() ?? '';
  expect(link).toContain(`${app.baseUrl}/set-password?token=`);
  await expectFitInEveryLayout(page, '-invitation-link');
  await page.getByRole('button', { name: 'Done' }).click();
  const row = page.getByRole('row').filter({ hasText: 'grace@entrada.test' });
  await expect(row.getByText('Invited')).toBeVisible();
  await expectFitInEveryLayout(page, '-people');

  const context = await browser.newContext({ baseURL: app.baseUrl });
  const grace = await context.newPage();
  await grace.goto(link);
  await expectFitInEveryLayout(grace, '-set-password');
  await grace.getByLabel('New password', { exact: true }).fill('password12345');
  await grace.getByRole('button', { name: 'Set password and sign in' }).click();
  await expect(grace.getByText(/easy to guess/)).toBeVisible();
  await grace.getByLabel('New password', { exact: true }).fill('several words apart');
  await grace.getByRole('button', { name: 'Set password and sign in' }).click();
  await grace.waitForURL(/\/connections/);
  await context.clearCookies();
  await grace.goto(link);
  await expect(grace.getByText('This link is not valid')).toBeVisible();
  await signInByForm(grace, { email: 'grace@entrada.test', password: 'several words apart' });
  await context.close();
});
