import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './support/fixtures.ts';
import { createDemoConnection, untilRunEnds } from './support/steps.ts';

test('a person sets up a folder, tests it, lands a task in it, and cannot delete it while the task is there', async ({
  app,
  page,
  signIn,
}) => {
  test.setTimeout(180_000);
  const folder = join(app.lakeRoot, 'exports');
  await signIn(page);
  const connectionId = (await createDemoConnection(app, page, 'For targets')).split('/')[2];
  await page.goto('/targets');
  await page.getByRole('link', { name: 'Create target' }).click();
  await page.getByText('Local folder', { exact: true }).click();
  await page.getByLabel('Target name').fill('Exports');
  await page.getByLabel('Folder', { exact: true }).fill('/etc');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByText(/is outside the folders that targets may use/)).toBeVisible();
  await page.getByLabel('Folder', { exact: true }).fill(folder);
  await page.getByRole('button', { name: 'Create target' }).click();
  await page.waitForURL(/\/targets\/targ_/);
  await page.getByRole('button', { name: 'Test target' }).click();
  await expect(page.getByText('Write, read and delete a file')).toBeVisible();
  await expect(page.getByLabel('Passed')).toBeVisible();
  const target = page.url();

  await page.goto(`/tasks/new?connection=${connectionId}&datasets=users`);
  await page.getByLabel('Task name').fill('Exported');
  await page.getByLabel('Target', { exact: true }).click();
  await page.getByRole('option', { name: 'Exports' }).click();
  await expect(page.getByText(/Example: for_targets\/exported\/users\/v=/)).toBeVisible();
  await page.getByRole('combobox', { name: 'Folder' }).click();
  await page.getByRole('option', { name: 'Custom' }).click();
  await page.getByLabel('Path of the folder').fill('contoso/{dataset}/{date}');
  await expect(page.getByText(/Example: contoso\/users\/\d{4}-\d\d-\d\d\/v=/)).toBeVisible();
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await untilRunEnds(page, 'Done');
  expect(existsSync(join(folder, 'contoso', 'users', 'latest'))).toBe(true);

  await page.goto(target);
  await expect(page.getByRole('region', { name: 'Used by' }).getByRole('link', { name: 'Exported' })).toBeVisible();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete target' }).click();
  await expect(page.getByText('1 task uses Exports.')).toBeVisible();
});
