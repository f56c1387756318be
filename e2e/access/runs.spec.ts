import { expect, test } from '../support/fixtures.ts';
import { expectApiUnauthenticated, expectSignedOutRefused, NOBODY } from '../support/refusals.ts';

test('the signed-out see no run, no change and no progress', async ({ page }) => {
  await expectSignedOutRefused(page, ['/runs', `/runs/${NOBODY.run}`, `/runs/${NOBODY.run}/changes/users`]);
  await expectApiUnauthenticated(page, 'GET', `/api/v1/runs/${NOBODY.run}`);
  await expectApiUnauthenticated(page, 'GET', `/api/v1/runs/${NOBODY.run}/events`);
});

test('a run that is not there is 404 to who is signed in', async ({ page, signIn }) => {
  await signIn(page, 'viewer');
  expect((await page.request.get(`/api/v1/runs/${NOBODY.run}`)).status()).toBe(404);
  expect((await page.request.get('/api/v1/runs/not-an-id')).status()).toBe(422);
});
