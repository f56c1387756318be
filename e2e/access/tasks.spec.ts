import { expect, test } from '../support/fixtures.ts';
import { expectApiUnauthenticated, expectSignedOutRefused, NOBODY } from '../support/refusals.ts';

test('the signed-out see no task and start none', async ({ page }) => {
  await expectSignedOutRefused(page, ['/tasks', '/tasks/new', `/tasks/${NOBODY.task}`]);
  await expectApiUnauthenticated(page, 'POST', `/api/v1/tasks/${NOBODY.task}/runs`);
  await expectApiUnauthenticated(page, 'POST', `/api/v1/tasks/${NOBODY.task}/plan`);
});

test('a viewer starts no run, and a foreign page starts none with the session of an editor', async ({ app, page, signIn }) => {
  await signIn(page, 'viewer');
  const own = { origin: app.baseUrl };
  const refused = await page.request.post(`/api/v1/tasks/${NOBODY.task}/runs`, { headers: own, data: {} });
  expect(refused.status()).toBe(403);
  const unplanned = await page.request.post(`/api/v1/tasks/${NOBODY.task}/plan`, { headers: own, data: {} });
  expect(unplanned.status()).toBe(403);
  await page.context().clearCookies();
  await signIn(page, 'editor');
  const foreign = await page.request.post(`/api/v1/tasks/${NOBODY.task}/runs`, {
    headers: { origin: 'https://elsewhere.example' },
    data: {},
  });
  expect(foreign.status()).toBe(403);
  expect(await foreign.json()).toMatchObject({ code: 'foreign-origin' });
  const unknown = await page.request.post(`/api/v1/tasks/${NOBODY.task}/runs`, { headers: own, data: {} });
  expect(unknown.status()).toBe(404);
});
