import { expect, test } from '../support/fixtures.ts';
import { expectSignedOutRefused, NOBODY } from '../support/refusals.ts';
import { createDemoConnection } from '../support/steps.ts';

test('the signed-out see no metadata', async ({ page }) => {
  await expectSignedOutRefused(page, [`/connections/${NOBODY.connection}/metadata`]);
});

test('a viewer sees metadata and changes none of it', async ({ app, browser, page, signIn }) => {
  await signIn(page, 'editor');
  const path = `${await createDemoConnection(app, page, 'Seen by a viewer')}/metadata`;
  const context = await browser.newContext({ baseURL: app.baseUrl });
  const other = await context.newPage();
  await signIn(other, 'viewer');
  await other.goto(path);
  await expect(other.getByRole('heading', { name: 'Connection metadata' })).toBeVisible();
  await expect(other.getByRole('button', { name: 'Generate metadata' })).toHaveCount(0);
  await expect(other.getByRole('link', { name: /New task/ })).toHaveCount(0);
  await context.close();
});
