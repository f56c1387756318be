import type { Page } from '@playwright/test';
import { test } from './support/fixtures.ts';
import { expectFitInEveryLayout } from './support/screenshots.ts';
import { createDemoConnection, untilRunEnds } from './support/steps.ts';

const STILL: readonly string[] = [
  '/connections',
  '/connections/new',
  '/connections/new/entra',
  '/targets',
  '/targets/new',
  '/targets/targ_22222222222222222222',
  '/gateways',
  '/tasks',
  '/tasks/new',
  '/runs',
  '/settings',
  '/settings/people',
];

/** Every page of an existing connection, task and run; metadata.spec.ts tests the tabs of the metadata. */
async function makePages(page: Page, connection: string): Promise<readonly string[]> {
  await page.goto(`/tasks/new?connection=${connection.split('/').at(-1)}&datasets=users,groups`);
  await page.getByLabel('Task name').fill('Looked at');
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await untilRunEnds(page, 'Done');
  const run = new URL(page.url()).pathname;
  await page.getByRole('link', { name: 'Open landed table' }).first().click();
  await page.waitForURL(/\/data\//);
  const data = new URL(page.url()).pathname;
  const task = data.slice(0, data.indexOf('/data/'));
  return [connection, task, data, run, `${run}/changes/users`];
}

test('every page, light and dark, wide and narrow, is accessible, quiet in the console and fits its window', async ({
  app,
  page,
  signIn,
}) => {
  test.setTimeout(240_000);
  await signIn(page);
  const connection = await createDemoConnection(app, page, 'Looked at');
  const paths = [...STILL, ...(await makePages(page, connection))];
  for (const path of paths) {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    await expectFitInEveryLayout(page, path.replaceAll(/[^a-z]+/gi, '-').replaceAll(/-(conn|task|run|targ)-\w+/g, '-$1'));
  }
});
