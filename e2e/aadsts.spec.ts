import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { openDialogWithDemoTenant } from './support/steps.ts';

/**
 * One AADSTS code of each OAuth error, and an unknown one, with texts that must be shown. The texts of all codes are tested in
 * lib/executor/entra-refusals.test.ts.
 */
const TOKEN_ERRORS: readonly (readonly [code: number, oauthError: string, words: RegExp])[] = [
  [700016, 'unauthorized_client', /Client ID does not exist in this tenant/],
  [7000215, 'invalid_client', /rejected the client secret/],
  [65001, 'invalid_grant', /Consent to the requested permissions is missing/],
  [90094, 'access_denied', /administrator has to approve/],
  [53003, 'interaction_required', /Conditional Access blocked/],
  [90033, 'temporarily_unavailable', /temporarily unavailable/],
  [999999, 'invalid_request', /Words that only Entra knows/],
];

/** Codes that the redirect page receives as `error=`. */
const REPLIES: readonly (readonly [code: number, oauthError: string, words: RegExp])[] = [
  [50105, 'access_denied', /not assigned to the enterprise application/],
  [65001, 'consent_required', /Consent to the requested permissions is missing/],
  [65004, 'access_denied', /Consent was declined/],
  [90094, 'access_denied', /administrator has to approve/],
  [53003, 'interaction_required', /Conditional Access blocked/],
  [999999, 'server_error', /Words that only Entra knows/],
];

const TEXT = 'Words that only Entra knows, about your organization.';

/** Takes a screenshot, where ENTRADA_SHOTS names a folder. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['ENTRADA_SHOTS'];
  if (folder === undefined) return;
  mkdirSync(join(folder, 'aadsts'), { recursive: true });
  await page.screenshot({ path: join(folder, 'aadsts', `${name}.png`) });
}

test.beforeEach(async ({ app }) => {
  await app.emulatorAdmin('faults', { token: [], authorize: [] });
});

test('an AADSTS code that Verify meets is told in words, with who can fix it and its ids', async ({ app, page, signIn }) => {
  test.setTimeout(120_000);
  await signIn(page);
  await openDialogWithDemoTenant(page);
  await page.getByRole('textbox', { name: 'Tenant' }).fill((await app.emulator()).tenantDomain);
  await page.getByRole('radio', { name: 'The application' }).click();
  for (const [aadsts, error, words] of TOKEN_ERRORS) {
    await app.emulatorAdmin('faults', { token: [{ kind: 'aadsts', aadsts, error, text: TEXT }] });
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    const alert = page.getByRole('alert').filter({ hasText: words });
    await expect(alert, `AADSTS${aadsts}`).toBeVisible();
    await alert.getByText('Details for support').click();
    await expect(alert.getByText(`AADSTS${aadsts}`, { exact: true }), `AADSTS${aadsts}`).toBeVisible();
    await expect(alert.getByText('Correlation ID', { exact: true }), `AADSTS${aadsts}`).toBeVisible();
    await expect(page.getByText('Not verified', { exact: true })).toBeVisible();
    await shoot(page, `token-${aadsts}`);
  }
  // MSAL's own back-off after a 429 or 5xx does not affect the next Verify.
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(page.getByText('Verified', { exact: true })).toBeVisible({ timeout: 20_000 });
});

test('each refusal that comes back to the redirect page is told there', async ({ app, page, signIn }) => {
  test.setTimeout(120_000);
  await signIn(page);
  await openDialogWithDemoTenant(page);
  for (const [aadsts, error, words] of REPLIES) {
    await app.emulatorAdmin('faults', { authorize: [{ aadsts, error, text: TEXT, where: 'reply' }] });
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Authenticate', exact: true }).click(),
    ]);
    const alert = popup.getByRole('alert').filter({ hasText: words });
    await expect(alert, `AADSTS${aadsts}`).toBeVisible();
    await alert.getByText('Details for support').click();
    await expect(alert.getByText(`AADSTS${aadsts}`, { exact: true })).toBeVisible();
    await shoot(popup, `reply-${aadsts}`);
    await popup.close();
  }
});

test.describe('on the page of Entra', () => {
  test.use({ allowedErrors: [/400 \(Bad Request\).*\/oauth2\/v2\.0\/authorize/] });

  test("a refusal on Entra's own page leaves the dialog as it was", async ({ app, page, signIn }) => {
    await signIn(page);
    await openDialogWithDemoTenant(page);
    const clientId = await page.getByLabel('Client ID').inputValue();
    await app.emulatorAdmin('faults', { authorize: [{ aadsts: 50011, text: TEXT, where: 'page' }] });
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Authenticate', exact: true }).click(),
    ]);
    await expect(popup.getByText('AADSTS50011', { exact: true })).toBeVisible();
    await popup.close();
    await expect(page.getByText('Waiting for code')).toBeVisible();
    await expect(page.getByLabel('Client ID')).toHaveValue(clientId);
    await expect(page.getByRole('button', { name: 'Authenticate', exact: true })).toBeEnabled();
  });
});
