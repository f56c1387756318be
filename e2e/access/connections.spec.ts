import { expect, test } from '../support/fixtures.ts';
import { expectSignedOutRefused, NOBODY } from '../support/refusals.ts';

test('the signed-out see no connection, no gallery, no dialog and no redirect page', async ({ page }) => {
  await expectSignedOutRefused(page, [
    '/connections',
    '/connections/new',
    '/connections/new/entra',
    `/connections/${NOBODY.connection}`,
    '/auth/oauth/code?code=x&state=y',
  ]);
});

test('a viewer sees the list and can create no connection', async ({ page, signIn }) => {
  await signIn(page, 'viewer');
  await page.goto('/connections');
  await expect(page.getByRole('heading', { level: 1, name: 'Connections' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Create connection' })).toHaveCount(0);
  await page.goto('/connections/new/entra');
  await expect(page.getByRole('button', { name: 'Authenticate', exact: true })).toHaveCount(0);
});

test.describe('a connection that is not there', () => {
  test.use({ allowedErrors: [/status of 404/] });

  test('is the not-found page for everybody', async ({ page, signIn }) => {
    await signIn(page, 'viewer');
    await page.goto(`/connections/${NOBODY.connection}`);
    await expect(page.getByText('This page does not exist')).toBeVisible();
  });
});
