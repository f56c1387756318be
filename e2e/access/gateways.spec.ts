import { expect, test } from '../support/fixtures.ts';
import { expectApiUnauthenticated, expectSignedOutRefused } from '../support/refusals.ts';

const GATEWAY = 'gw_22222222222222222222';

test('the signed-out see no data gateway and create none', async ({ page }) => {
  await expectSignedOutRefused(page, ['/gateways', `/gateways/${GATEWAY}`]);
  for (const path of ['/api/v1/gateways', `/api/v1/gateways/${GATEWAY}`, '/api/v1/gateway-groups']) {
    await expectApiUnauthenticated(page, 'GET', path);
  }
  for (const path of ['/api/v1/gateways', `/api/v1/gateways/${GATEWAY}/active`, '/api/v1/gateway-groups']) {
    await expectApiUnauthenticated(page, 'POST', path);
  }
});

test('an editor looks at data gateways, and creates, deactivates and deletes none', async ({ app, page, signIn }) => {
  await signIn(page, 'editor');
  const headers = { origin: app.baseUrl };
  for (const path of ['/api/v1/gateways', `/api/v1/gateways/${GATEWAY}/active`, '/api/v1/gateway-groups']) {
    expect((await page.request.post(path, { headers, data: { name: 'x' } })).status(), path).toBe(403);
  }
  expect((await page.request.delete(`/api/v1/gateways/${GATEWAY}`, { headers })).status()).toBe(403);
  await page.goto('/gateways');
  await expect(page.getByRole('heading', { name: 'Data gateways' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Create data gateway' })).toHaveCount(0);
});
