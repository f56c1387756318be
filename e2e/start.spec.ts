import { expect, expectAccessible, signInByForm, test } from './fixtures.ts';

test('a product started on an empty data folder sends the signed-out to sign in, and lets them in', async ({ app, page }) => {
  expect(app.output()).toContain(`Entrada is ready at ${app.baseUrl}`);
  await page.goto('/connections');
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expectAccessible(page);
  await signInByForm(page, await app.account('admin'));
  await page.goto('/connections');
  await expect(page).toHaveURL(/\/connections$/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectAccessible(page);
});

test('a viewer made at the command line can sign in', async ({ app, page }) => {
  const viewer = await app.account('viewer');
  await signInByForm(page, viewer);
  const again = await app.cli(['admin', 'create-user', viewer.email], 'any password at all');
  expect(again).toMatchObject({ code: 1, stdout: '' });
  expect(again.stderr).toContain('Somebody has this e-mail address already.');
});
