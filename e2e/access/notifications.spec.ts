import { expect, test } from '../support/fixtures.ts';
import { expectApiUnauthenticated, expectSignedOutRefused } from '../support/refusals.ts';

const LISTS = ['channels', 'rules', 'deliveries', 'inbox', 'mail-settings'].map((name) => `/api/v1/notifications/${name}`);

test('the signed-out see no notification and set up none', async ({ page }) => {
  await expectSignedOutRefused(page, ['/inbox', '/settings/notifications']);
  for (const path of LISTS) await expectApiUnauthenticated(page, 'GET', path);
  for (const path of LISTS.slice(0, 2)) await expectApiUnauthenticated(page, 'POST', path);
});

test('a viewer has an inbox, and sees no channel, rule or delivery', async ({ app, page, signIn }) => {
  await signIn(page, 'viewer');
  await page.goto('/inbox');
  await expect(page.getByRole('heading', { name: 'Inbox', level: 1 })).toBeVisible();
  await page.goto('/settings/notifications');
  await expect(page.getByText('For editors')).toBeVisible();
  const headers = { origin: app.baseUrl };
  for (const name of ['channels', 'rules', 'deliveries', 'mail-settings']) {
    expect((await page.request.get(`/api/v1/notifications/${name}`, { headers })).status(), name).toBe(403);
  }
});
