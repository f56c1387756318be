import { expect, test } from './support/fixtures.ts';
import { startProduct } from './support/product.ts';

test('without an account in the environment, the printed link makes the first one, once', async ({ page }) => {
  test.setTimeout(120_000);
  const product = await startProduct({ ENTRADA_ADMIN_EMAIL: '', ENTRADA_ADMIN_PASSWORD: '', ENTRADA_DEMO: '0' });
  try {
    await expect.poll(() => product.output()).toMatch(/\/setup\?token=/);
    const link = /http:\/\/\S+\/setup\?token=\S+/.exec(product.output())?.[0] ?? '';
    await page.goto(link);
    await page.getByLabel('E-mail').fill('first@entrada.test');
    await page.getByLabel('Name').fill('First Person');
    await page.getByLabel('Password', { exact: true }).fill('a password for the first');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.waitForURL((url) => url.pathname !== '/setup');
    await page.context().clearCookies();
    await page.goto(link);
    await expect(page.getByText('Entrada is already set up')).toBeVisible();
  } finally {
    await page.goto('about:blank');
    await product.stop();
  }
});
