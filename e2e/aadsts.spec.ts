import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { openDialogWithDemoTenant } from './support/steps.ts';

/**
 * Every AADSTS code that people of such a dialog meet, with the OAuth error that carries it, and words that must be shown.
 * @see Entra docs "Microsoft Entra authentication and authorization error codes"
 */
const TOKEN_ERRORS: readonly (readonly [codes: readonly number[], oauthError: string, words: RegExp])[] = [
  [[700016], 'unauthorized_client', /Client ID does not exist in this tenant/],
  [[7000215], 'invalid_client', /rejected the client secret/],
  [[7000222], 'invalid_client', /client secret has expired/],
  [[7000218, 900144], 'invalid_client', /No client secret was sent/],
  [[700025], 'invalid_client', /public client/],
  [[9002327, 9002326], 'invalid_request', /single-page application/],
  [[50011, 900971], 'invalid_request', /redirect URI is not registered/],
  [[90002], 'invalid_request', /tenant was not found in this cloud/],
  [[90038, 900382, 900432], 'invalid_request', /belongs to another national cloud/],
  [[50194], 'invalid_request', /for one tenant only/],
  [[50020, 50034, 51004, 16000, 500208], 'invalid_grant', /does not belong to the tenant/],
  [[50105], 'invalid_grant', /not assigned to the enterprise application/],
  [[65001], 'invalid_grant', /Consent is missing/],
  [[65004], 'access_denied', /Consent was declined/],
  [[90094, 90095, 90093], 'access_denied', /administrator has to approve/],
  [[650052, 650056, 650057, 65005, 500011], 'invalid_resource', /lacks a permission that was asked for/],
  [[70011, 28002, 700022], 'invalid_scope', /refused the permissions that were asked for/],
  [[70008, 700082, 70000, 50089], 'invalid_grant', /code or the session has expired/],
  [[54005], 'invalid_grant', /already used/],
  [[501481, 50147], 'invalid_grant', /another sign-in attempt/],
  [[700005], 'invalid_grant', /belongs to another tenant/],
  [[9002313, 90014], 'invalid_request', /cut off or changed/],
  [[50076, 50079, 50072, 50074, 50078], 'interaction_required', /multi-factor authentication/],
  [[53000, 53001, 53002, 53003, 53004, 530032, 530035, 50005, 50131], 'interaction_required', /Conditional Access blocked/],
  [[50173, 50132, 50133, 70043, 700084], 'invalid_grant', /revoked or has ended/],
  [[50053, 50055, 50057, 50126], 'invalid_grant', /refused this account/],
  [[7000112, 70001, 1000031], 'unauthorized_client', /application is disabled/],
  [[50196], 'invalid_grant', /too many equal requests/],
  [[90033, 90006, 50033, 90055, 90024], 'temporarily_unavailable', /temporarily unavailable/],
  [[700027, 50027, 700021, 700023], 'invalid_client', /does not know the certificate/],
  [[700024], 'invalid_client', /assertion is not valid now/],
  [[7000229], 'unauthorized_client', /not present in this tenant/],
  [[999999], 'invalid_request', /Words that only Entra knows/],
];

/** Those that come back to the redirect page as `error=`. */
const REPLIES: readonly (readonly [code: number, oauthError: string, words: RegExp])[] = [
  [50105, 'access_denied', /not assigned to the enterprise application/],
  [65001, 'consent_required', /Consent is missing/],
  [65004, 'access_denied', /Consent was declined/],
  [90094, 'access_denied', /administrator has to approve/],
  [53003, 'interaction_required', /Conditional Access blocked/],
  [999999, 'server_error', /Words that only Entra knows/],
];

const TEXT = 'Words that only Entra knows, about your organization.';

/** A picture of each, where ENTRADA_SHOTS names a folder. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['ENTRADA_SHOTS'];
  if (folder === undefined) return;
  mkdirSync(join(folder, 'aadsts'), { recursive: true });
  await page.screenshot({ path: join(folder, 'aadsts', `${name}.png`) });
}

test.beforeEach(async ({ app }) => {
  await app.emulatorAdmin('faults', { token: [], authorize: [] });
});

test('each AADSTS code that Verify meets is told in words, with who can fix it and its ids', async ({ app, page, signIn }) => {
  test.setTimeout(240_000);
  await signIn(page);
  await openDialogWithDemoTenant(page);
  await page.getByRole('textbox', { name: 'Tenant' }).fill((await app.emulator()).tenantDomain);
  await page.getByRole('radio', { name: 'The application' }).click();
  for (const [codes, error, words] of TOKEN_ERRORS) {
    for (const aadsts of codes) {
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
  }
  // Nothing of it lasts: MSAL's own block after a 429 or 5xx doesn't touch the next Verify.
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
