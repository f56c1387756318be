import { expect, test } from '../support/fixtures.ts';
import { expectSignedOutRefused, NOBODY } from '../support/refusals.ts';

test('the signed-out see no API tokens', async ({ page }) => {
  await expectSignedOutRefused(page, ['/settings/tokens']);
});

test('a token that nobody has is refused, and opens no page', async ({ app, page }) => {
  const headers = { authorization: 'Bearer entrada_made-up' };
  const answer = await page.request.get(`/api/v1/runs/${NOBODY.run}`, { headers });
  expect(answer.status()).toBe(401);
  const settings = await page.request.get(`${app.baseUrl}/settings/tokens`, { headers, maxRedirects: 0 });
  expect(settings.status()).toBe(307);
});

test('a token beside a cookie opens no page and starts no action of its owner', async ({ app, page, playwright, signIn }) => {
  await signIn(page, 'admin');
  await page.goto('/settings/tokens');
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.getByLabel('Name').fill('of the administrator');
  await page.getByRole('dialog').getByRole('button', { name: 'Create token' }).click();
  const token = (await page.getByRole('region', { name: 'token' }).textContent())?.trim() ?? '';
  await page.context().clearCookies();
  await signIn(page, 'viewer');
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const both = await playwright.request.newContext({
    baseURL: app.baseUrl,
    extraHTTPHeaders: { cookie, authorization: `Bearer ${token}` },
  });
  expect(await (await both.get('/settings/people')).text()).toContain('This page needs the role Administrator');
  expect((await both.get('/api/v1/audit?limit=1')).status()).toBe(200);
  // The token is read-only despite the administrator's role.
  const started = await both.post(`/api/v1/tasks/${NOBODY.task}/runs`, { data: {} });
  expect(await started.json()).toMatchObject({ status: 403, code: 'read-only-token' });
  await both.dispose();
});

test('one sees one’s own tokens only', async ({ app, browser, page, signIn }) => {
  await signIn(page, 'editor');
  await page.goto('/settings/tokens');
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.getByLabel('Name').fill('of the editor');
  await page.getByRole('dialog').getByRole('button', { name: 'Create token' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('cell', { name: /of the editor/ })).toBeVisible();
  const context = await browser.newContext({ baseURL: app.baseUrl });
  const viewer = await context.newPage();
  await signIn(viewer, 'viewer');
  await viewer.goto('/settings/tokens');
  await expect(viewer.getByText('No token yet')).toBeVisible();
  await context.close();
});
