import { expect, test } from './support/fixtures.ts';
import { queryLanding } from './support/landed.ts';
import { expectFitInEveryLayout } from './support/screenshots.ts';
import { createDemoConnection, untilRunEnds } from './support/steps.ts';

test('a column that Graph refuses in one run keeps its values, and every page says so until it can be read again', async ({
  app,
  page,
  signIn,
}) => {
  const { adminUrl, adminToken } = await app.emulator();
  const setFaults = (graph: object | null) =>
    fetch(`${adminUrl}/__admin/faults`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}` },
      body: JSON.stringify({ graph }),
    });
  await signIn(page);
  const connectionId = (await createDemoConnection(app, page, 'Refused columns')).split('/')[2];
  await page.goto(`/tasks/new?connection=${connectionId}&datasets=users,groups`);
  await page.getByLabel('Task name').fill('Refused columns');
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await untilRunEnds(page, 'Done');
  const titles = () => queryLanding(app, 'SELECT count("jobTitle") AS n FROM refused_columns.users');
  const before = await titles();
  expect(Number(before[0]?.['n'])).toBeGreaterThan(0);

  await setFaults({ refuseProperties: [{ property: 'jobTitle' }] });
  const refused = await app.cli(['run', 'Refused columns', '--wait', '--full']);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain('users: Done with problems');
  expect(refused.stdout).toContain('Could not be read: jobTitle since ');
  expect(await titles()).toEqual(before);
  await page.goto(page.url().replace(/\/runs\/.*/, '/runs'));
  await page
    .getByRole('link', { name: /Refused columns/ })
    .first()
    .click();
  const block = page.getByRole('region', { name: 'Could not be read' });
  await expect(block).toContainText('jobTitle');
  await expect(block).toContainText('Graph refuses it');
  await expect(page.getByText('Done with problems').first()).toBeVisible();
  await expectFitInEveryLayout(page, '-unread-run');
  await page
    .getByRole('link', { name: /Open landed table/ })
    .first()
    .click();
  await expect(block).toContainText('jobTitle');
  await expectFitInEveryLayout(page, '-unread-landed');
  await page.getByRole('link', { name: 'Refused columns', exact: true }).click();
  await expect(page.getByText('Could not be read: jobTitle')).toBeVisible();
  await expectFitInEveryLayout(page, '-unread-task');

  await setFaults(null);
  expect(await app.cli(['run', 'Refused columns', '--wait'])).toMatchObject({ code: 0 });
  await page.reload();
  await expect(page.getByText('Could not be read: jobTitle')).toHaveCount(0);
});
