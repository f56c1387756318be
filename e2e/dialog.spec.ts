import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { expectFitInEveryLayout } from './support/screenshots.ts';
import { authenticate, openDialogWithDemoTenant, PASTE_LABEL } from './support/steps.ts';

/** Presses *Use this code*. The window closes itself, often before the click has returned. */
async function handOver(popup: Page): Promise<void> {
  const closed = popup.waitForEvent('close');
  await popup
    .getByRole('button', { name: 'Use this code' })
    .click()
    .catch((error: unknown) => {
      if (!popup.isClosed()) throw error;
    });
  await closed;
}

test('*Use this code* hands the code over without the clipboard', async ({ app, page, signIn }) => {
  const [admin] = (await app.emulator()).users;
  await signIn(page);
  await openDialogWithDemoTenant(page);
  const popup = await authenticate(page, admin ?? { username: '', password: '' });
  await handOver(popup);
  await expect(page.getByText('Verified', { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByLabel('Connection name')).not.toHaveValue('');
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText(/Graph answered|works|answers/i).first()).toBeVisible();
});

test('a setting that changes after Verify asks to verify again', async ({ app, page, signIn }) => {
  const [admin] = (await app.emulator()).users;
  await signIn(page);
  await openDialogWithDemoTenant(page);
  const popup = await authenticate(page, admin ?? { username: '', password: '' });
  await handOver(popup);
  await expect(page.getByText('Verified', { exact: true })).toBeVisible({ timeout: 20_000 });
  await page.getByRole('textbox', { name: 'Tenant' }).fill('organizations');
  await expect(page.getByText('Not verified', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Create', exact: true })).toBeDisabled();
});

test('a sign-in that is cancelled at Microsoft says so on the redirect page', async ({ app, page, signIn }) => {
  const unconsented = (await app.emulator()).otherApps.find(({ key }) => key === 'unconsented');
  const [admin] = (await app.emulator()).users;
  await signIn(page);
  await openDialogWithDemoTenant(page);
  await page.getByLabel('Client ID').fill(unconsented?.clientId ?? '');
  await page.getByLabel('Client Secret', { exact: true }).fill(unconsented?.clientSecret ?? '');
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Authenticate', exact: true }).click(),
  ]);
  await popup
    .getByText(admin?.username ?? '', { exact: true })
    .first()
    .click();
  await popup.locator('input[type=password]').fill(admin?.password ?? '');
  await popup.getByRole('button', { name: 'Sign in' }).click();
  await popup.getByRole('button', { name: 'Cancel' }).click();
  await expect(popup.getByText('Consent was declined at sign-in.')).toBeVisible();
  // The dialog is notified, keeps its input, and no longer waits for a code.
  await expect(page.getByText('Consent was declined at sign-in.')).toBeVisible();
  await expect(page.getByText('Not verified', { exact: true })).toBeVisible();
  await expect(page.getByLabel('Client ID')).toHaveValue(unconsented?.clientId ?? '');
  await expect(page.getByLabel(PASTE_LABEL)).toBeVisible();
  await popup.close();
});

test('an approval that is pending says so in both windows; after it the same dialog goes on', async ({ app, page, signIn }) => {
  const [admin] = (await app.emulator()).users;
  await signIn(page);
  await openDialogWithDemoTenant(page);
  const refusal = { aadsts: 90095, error: 'access_denied', text: 'Admin consent is required.', where: 'reply' };
  await app.emulatorAdmin('faults', { authorize: [refusal] });
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Authenticate', exact: true }).click(),
  ]);
  for (const shown of [popup, page]) {
    await expect(shown.getByText('An administrator has to approve this application.')).toBeVisible();
    await expect(shown.getByText(/Send the admin consent link/).first()).toBeVisible();
  }
  await popup.close();
  // The administrator returns from the consent link, which has no state.
  const administrator = await page.context().newPage();
  await administrator.goto('/auth/oauth/code?admin_consent=True&tenant=x');
  await expect(administrator.getByText('Consent was granted')).toBeVisible();
  await administrator.goto(
    '/auth/oauth/code?admin_consent=True&error=access_denied&error_description=AADSTS65004%3A%20Ring%20555',
  );
  await expect(administrator.getByText('Consent was declined at sign-in.')).toBeVisible();
  await expect(administrator.getByText('Ring 555')).toHaveCount(0);
  await administrator.close();
  await handOver(await authenticate(page, admin ?? { username: '', password: '' }));
  await expect(page.getByText('Verified', { exact: true })).toBeVisible({ timeout: 20_000 });
});

test('a refusal that names the tenant of a single-tenant registration offers it as one click', async ({ app, page, signIn }) => {
  const { tenantDomain } = await app.emulator();
  const text = `Application 'x'(Reader) is not configured as a multi-tenant application. Use the tenant '${tenantDomain}'.`;
  await signIn(page);
  await openDialogWithDemoTenant(page);
  const tenant = page.getByRole('textbox', { name: 'Tenant' });
  // A single-tenant registration needs it, so it is among the main fields.
  await page.getByRole('button', { name: 'Advanced' }).click();
  await tenant.fill('');
  await app.emulatorAdmin('faults', { authorize: [{ aadsts: 50194, error: 'invalid_request', text, where: 'reply' }] });
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Authenticate', exact: true }).click(),
  ]);
  await expect(popup.getByText('The registration is for one tenant only.')).toBeVisible();
  // The sign-in window sends this error after its script has run, so the test closes the window only now.
  await expect(page.getByRole('alert').getByText('The registration is for one tenant only.')).toBeVisible();
  await popup.close();
  await expectFitInEveryLayout(page, '-connection-use-tenant');
  await page.getByRole('button', { name: `Use tenant ${tenantDomain}` }).click();
  await expect(tenant).toHaveValue(tenantDomain);
  await expect(page.getByText('The registration is for one tenant only.')).toHaveCount(0);
  await app.emulatorAdmin('faults', { authorize: [] });
});
