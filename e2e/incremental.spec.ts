import { expect, test } from './support/fixtures.ts';
import { createSdkClient, readAllRows } from './support/graph-sdk.ts';
import { queryLanding, tenantOf } from './support/landed.ts';
import { expectFitInEveryLayout } from './support/screenshots.ts';
import { createDemoConnection, untilRunEnds } from './support/steps.ts';

test('a task reads only what changed, and everything when a person wants it', async ({ app, page, signIn }) => {
  await signIn(page);
  const connectionId = (await createDemoConnection(app, page, 'Changes')).split('/')[2];
  await page.goto(`/tasks/new?connection=${connectionId}&datasets=users`);
  await page.getByLabel('Task name').fill('Only changes');
  await expect(page.getByRole('textbox', { name: 'Schema' })).toHaveValue('only_changes');
  const setting = page.getByRole('checkbox', { name: /Read only changes/ });
  await expect(setting).toBeChecked();
  await page.getByLabel('Read and compare everything every (days)').fill('0');
  await page.getByRole('button', { name: 'Create task' }).click();
  await expect(page.getByText('Enter a whole number of days from 1 to 90.')).toBeVisible();
  await page.getByLabel('Read and compare everything every (days)').fill('14');
  await expectFitInEveryLayout(page, '-incremental-form');
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await untilRunEnds(page, 'Done');
  await expect(page.getByText('incremental', { exact: true })).toHaveCount(0);

  const { stdout } = await app.cli(['emulator', 'mutate']);
  const { users } = JSON.parse(stdout) as { users: Record<'created' | 'updated' | 'deleted', string[]> };
  await page.getByRole('button', { name: /Reload again/ }).click();
  await page.waitForURL((url) => url.pathname.startsWith('/runs/run_'));
  await untilRunEnds(page, 'Done');
  await expect(page.getByText('incremental', { exact: true })).toBeVisible();
  await expectFitInEveryLayout(page, '-incremental-run');
  const sdk = await createSdkClient(tenantOf(await app.emulator()));
  const read = (await readAllRows(sdk, '/users?$select=id,displayName&$top=999')).map(
    (row) => `${row['id']} ${row['displayName']}`,
  );
  const landed = await queryLanding(app, 'SELECT id, "displayName" AS name FROM only_changes.users');
  expect(landed.map((row) => `${row['id']} ${row['name']}`).sort()).toEqual(read.sort());
  const deleted = await queryLanding(app, "SELECT id FROM only_changes.users__ct WHERE hdr__operation = 'D'");
  expect(deleted.map((row) => String(row['id'])).sort()).toEqual(users.deleted.toSorted());

  await page.goto('/tasks');
  await page.getByRole('link', { name: 'Only changes', exact: true }).first().click();
  await expect(page.getByText('only changes, and everything every 14 days')).toBeVisible();
  await expectFitInEveryLayout(page, '-incremental-task');
  await page.getByRole('button', { name: /Reload everything/ }).click();
  await page.waitForURL(/\/runs\/run_/);
  await untilRunEnds(page, 'Done');
  await expect(page.getByText(/delta query had reported every change/)).toBeVisible();
  const byScript = await app.cli(['run', 'Only changes', '--wait']);
  expect(byScript).toMatchObject({ code: 0 });
  expect(byScript.stdout).toContain('users: Done; incremental, read 0, inserted 0, updated 0, deleted 0');
});
