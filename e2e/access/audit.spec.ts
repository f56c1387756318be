import { expect, test } from '../support/fixtures.ts';
import { expectApiUnauthenticated, expectSignedOutRefused } from '../support/refusals.ts';

test('the signed-out see no audit trail', async ({ page }) => {
  await expectSignedOutRefused(page, ['/settings/audit']);
  await expectApiUnauthenticated(page, 'GET', '/api/v1/audit');
  await expectApiUnauthenticated(page, 'GET', '/api/v1/audit?format=csv');
});

for (const role of ['viewer', 'editor'] as const) {
  test(`${role}s see nothing of the audit trail, neither as a page nor as a download`, async ({ page, signIn }) => {
    await signIn(page, role);
    await page.goto('/settings/audit');
    await expect(page.getByText('This page needs the role Administrator')).toBeVisible();
    await expect(page.getByRole('table')).toHaveCount(0);
    for (const path of ['/api/v1/audit', '/api/v1/audit?format=csv', '/api/v1/audit?format=jsonl']) {
      expect((await page.request.get(path)).status(), path).toBe(403);
    }
  });
}
