import { expect, expectAccessible, test } from './support/fixtures.ts';
import { createDemoConnection, untilRunEnds } from './support/steps.ts';

test('a task says before it runs what it will ask of Graph, on the page and by the API', async ({ app, page, signIn }, info) => {
  test.setTimeout(180_000);
  await signIn(page);
  const connection = (await createDemoConnection(app, page, 'Planned')).split('/')[2];
  await page.goto(`/tasks/new?connection=${connection}&datasets=users,groups,group_members`);
  await page.getByLabel('Task name').fill('Planned');
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await untilRunEnds(page, 'Done');
  await page.getByRole('link', { name: 'Open landed table' }).first().click();
  await page.waitForURL(/\/data\//);
  const task = new URL(page.url()).pathname.split('/data/')[0] ?? '';

  await page.goto(task);
  await page.getByRole('button', { name: 'Plan a reload' }).click();
  const plan = page.getByRole('region', { name: 'Plan' });
  await expect(plan.getByText(/^About [\d,]+ requests and /)).toBeVisible({ timeout: 30_000 });
  await expect(plan.getByRole('row', { name: /Group members batches of 20 for \d+ parents/ })).toBeVisible();
  await expect(plan.getByText(/Directory: [\d,]+ needed, [\d,]+ resource units in 10 s allowed/)).toBeVisible();
  await plan.getByText('Details of Users').click();
  await expect(plan.getByRole('row', { name: /^Users / }).getByText(/\$select of \d+ properties/)).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(width);
      await page.screenshot({ path: info.outputPath(`plan-${colorScheme}-${width}.png`), fullPage: true });
    }
    await expectAccessible(page);
  }

  const answer = await page.request.post(`/api/v1${task}/plan`, { headers: { origin: app.baseUrl }, data: {} });
  expect(answer.status()).toBe(200);
  expect(await answer.json()).toMatchObject({
    datasets: expect.arrayContaining([
      expect.objectContaining({ name: 'users', pattern: 'one-request' }),
      expect.objectContaining({ name: 'group_members', pattern: 'batches' }),
    ]),
  });
});
