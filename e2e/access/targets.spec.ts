import { expect, test } from '../support/fixtures.ts';
import { expectApiUnauthenticated, expectSignedOutRefused } from '../support/refusals.ts';

const LANDING = 'targ_22222222222222222222';
const FOLDER = { name: 'x', kind: 'folder', settings: { path: '/srv/x' } };

test('the signed-out see no target and set none up', async ({ page }) => {
  await expectSignedOutRefused(page, ['/targets', '/targets/new', `/targets/${LANDING}`, `/targets/${LANDING}/edit`]);
  for (const path of ['/api/v1/targets', '/api/v1/targets/kinds', `/api/v1/targets/${LANDING}`]) {
    await expectApiUnauthenticated(page, 'GET', path);
  }
  for (const path of ['/api/v1/targets', '/api/v1/targets/test', `/api/v1/targets/${LANDING}/test`]) {
    await expectApiUnauthenticated(page, 'POST', path);
  }
});

test('a viewer looks at targets, and sets up, tests and deletes none', async ({ app, page, signIn }) => {
  await signIn(page, 'viewer');
  const headers = { origin: app.baseUrl };
  for (const path of ['/api/v1/targets', '/api/v1/targets/test', `/api/v1/targets/${LANDING}/test`]) {
    expect((await page.request.post(path, { headers, data: FOLDER })).status(), path).toBe(403);
  }
  expect((await page.request.delete(`/api/v1/targets/${LANDING}`, { headers })).status()).toBe(403);
  const { items: targets } = await (await page.request.get('/api/v1/targets')).json();
  expect(targets).toHaveLength(2);
  await page.goto(`/targets/${LANDING}`);
  await expect(page.getByRole('heading', { name: 'Built-in landing database' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Test target' })).toHaveCount(0);
});

test('the built-in landing database is not deleted, and an address of this network is not reached by an editor', async ({
  app,
  page,
  signIn,
}) => {
  await signIn(page, 'editor');
  const headers = { origin: app.baseUrl };
  const refused = await page.request.delete(`/api/v1/targets/${LANDING}`, { headers });
  expect([refused.status(), (await refused.json()).code]).toEqual([409, 'target-built-in']);
  const settings = { host: '169.254.169.254', database: 'x', user: 'x' };
  const data = { kind: 'postgres', settings, secrets: { password: 'x' } };
  const tested = await (await page.request.post('/api/v1/targets/test', { headers, data })).json();
  expect(tested).toMatchObject({ passed: false, checks: [{ remedy: expect.stringContaining('ENTRADA_TARGET_NETWORKS') }] });
});
