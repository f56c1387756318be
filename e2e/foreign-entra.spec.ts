import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startForeignEntra } from '#lib/executor/testing/foreign-entra.ts';
import { expect, test } from './support/fixtures.ts';
import { freePorts } from './support/free-ports.ts';
import { startProduct } from './support/product.ts';
import { PASTE_LABEL } from './support/steps.ts';

// The certificate is from its own authority; Entrada trusts it by ENTRADA_EXTRA_CA_FILE, the browser does not.
test.use({ ignoreHTTPSErrors: true, allowedErrors: [/favicon/] });

test('an Entra that somebody else wrote: the dialog reaches Verified with configuration alone', async ({ page }) => {
  test.setTimeout(180_000);
  const dir = mkdtempSync(join(tmpdir(), 'entrada-foreign-'));
  const [port = 0] = await freePorts(1);
  const entra = await startForeignEntra({ dir, redirectUri: `http://localhost:${port}/auth/oauth/code`, tls: true });
  const account = { email: 'admin@entrada.test', password: 'correct horse battery staple' };
  const product = await startProduct({
    PORT: String(port),
    ENTRADA_DEMO: '0',
    ENTRADA_EXTRA_CLOUDS: JSON.stringify([{ name: 'Foreign', graphOrigin: entra.origin, authorityOrigin: entra.origin }]),
    ENTRADA_EXTRA_CA_FILE: entra.caFile,
  });
  try {
    await page.goto(`${product.baseUrl}/connections/new/entra`);
    await page.getByLabel('E-mail').fill(account.email);
    await page.getByLabel('Password', { exact: true }).fill(account.password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByLabel('Client ID').fill(entra.clientId);
    await page.getByLabel('Client Secret', { exact: true }).fill(entra.clientSecret);
    await page.getByRole('textbox', { name: 'Graph Base URL' }).fill(`${entra.origin}/v1.0`);
    await page.keyboard.press('Tab');
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Authenticate', exact: true }).click(),
    ]);
    await popup.getByText(entra.account).first().click();
    const code = await popup.getByRole('textbox', { name: 'Authentication code' }).inputValue();
    await popup.close();
    await page.getByLabel(PASTE_LABEL).fill(code);
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
    await expect(page.getByText('Verified', { exact: true })).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText(`Kim Fabrikam (${entra.account})`)).toBeVisible();
    await page.getByRole('button', { name: 'Test connection' }).click();
    await expect(page.getByText(`Graph answered as ${entra.account}`)).toBeVisible();
    await page.getByLabel('Connection name').fill('Foreign');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.waitForURL(/\/connections\/conn_\w+\/metadata/);
  } finally {
    await page.goto('about:blank');
    await product.stop();
    await entra.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});
