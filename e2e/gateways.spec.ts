import { expect, test } from './support/fixtures.ts';
import { landingAsTarget, startGatewayProcess } from './support/gateway-process.ts';
import { expectFitInEveryLayout } from './support/screenshots.ts';
import { authenticate, openDialogWithDemoTenant, pasteAndVerify, untilRunEnds } from './support/steps.ts';

test('from a new gateway to landed rows and what changed, all through its process; a run waits for it when it is away', async ({
  app,
  page,
  signIn,
}) => {
  test.setTimeout(300_000);
  const headers = { origin: app.baseUrl };
  await signIn(page);
  await page.goto('/gateways');
  await expect(page.getByText('No data gateway yet')).toBeVisible();
  await page.getByRole('button', { name: 'Create data gateway' }).click();
  await page.getByLabel('Name').fill('Plant');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const shown = page.getByRole('region', { name: 'registration key', exact: true });
  await expect(shown).toContainText('egk_');
  const key = (await shown.textContent())?.trim() ?? '';
  await expect(page.getByRole('region', { name: 'command' })).toContainText(`--server ${app.baseUrl}`);
  await page.getByRole('button', { name: 'Done' }).click();
  await page.waitForURL(/\/gateways\/gw_/);
  const gatewayPage = page.url();
  await expect(page.getByText('Never connected')).toBeVisible();
  await page.reload();
  await expect(page.getByText(key)).toHaveCount(0);
  await openDialogWithDemoTenant(page);
  await page.getByLabel('Data gateway').click();
  await page.getByRole('option', { name: 'Plant · Never connected' }).click();
  await expect(page.getByText('This gateway has not been started yet.')).toBeVisible();
  await expectFitInEveryLayout(page, '-dialog-never-connected');

  const gateway = startGatewayProcess(app, 'plant', key);
  try {
    await expect(page.getByText('Plant sends all requests to Microsoft Entra ID and Graph; this server sends none.')).toBeVisible(
      {
        timeout: 60_000,
      },
    );
    await expectFitInEveryLayout(page, '-dialog-connected');
    const { users } = await app.emulator();
    const [account] = users;
    if (account === undefined) throw new Error('the demo tenant has no users');
    await pasteAndVerify(page, await authenticate(page, account));
    await expect(page.getByText('Verified', { exact: true })).toBeVisible({ timeout: 30_000 });
    await page.getByLabel('Connection name').fill('Behind Plant');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.waitForURL(/\/connections\/conn_\w+\/metadata/);
    const connectionId = new URL(page.url()).pathname.split('/')[2];

    const gatewayId = gatewayPage.split('/').at(-1);
    const data = { name: 'Plant warehouse', kind: 'postgres', ...landingAsTarget(app), gatewayId };
    const created = await page.request.post('/api/v1/targets', { headers, data });
    expect(created.status()).toBe(201);
    await page.goto(`/targets/${(await created.json()).id}`);
    await page.getByRole('button', { name: 'Test target' }).click();
    await expect(page.getByText('Passed', { exact: false }).first()).toBeVisible({ timeout: 30_000 });

    await page.goto(`/tasks/new?connection=${connectionId}&datasets=users`);
    await page.getByLabel('Task name').fill('Plant users');
    await page.getByRole('button', { name: 'Create and reload' }).click();
    await expect(page.getByText('the data gateway Plant does not reach it', { exact: false })).toBeVisible();
    await page.getByLabel('Target', { exact: true }).click();
    await page.getByRole('option', { name: 'Plant warehouse' }).click();
    await page.getByLabel('Schema', { exact: true }).fill('plant');
    await page.getByRole('button', { name: 'Create and reload' }).click();
    await page.waitForURL(/\/runs\/run_/);
    await untilRunEnds(page, 'Done');
    const run = new URL(page.url()).pathname;
    await page.getByRole('link', { name: 'Open landed table' }).first().click();
    await page.waitForURL(/\/data\//);
    await expect(page.getByText(/Rows 1 to \d+ of/)).toBeVisible();
    await page.goto(`${run}/changes/users`);
    await expect(page.getByRole('heading', { name: /changed/i }).first()).toBeVisible();
    await page.goto(gatewayPage);
    await expect(page.getByText('Connected', { exact: true })).toBeVisible();
    await expect(page.getByRole('region', { name: 'Used by' })).toContainText('Behind Plant');
    await expectFitInEveryLayout(page, '-gateway');
  } finally {
    await gateway.stop();
  }

  await page.goto('/tasks');
  await page.getByRole('link', { name: 'Plant users' }).first().click();
  await page.waitForURL(/\/tasks\/task_/);
  await page.getByRole('button', { name: 'Reload now' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await expect(page.getByText('Waiting for data gateway Plant', { exact: false })).toBeVisible({ timeout: 60_000 });
  await expectFitInEveryLayout(page, '-run-waits');
  await page.getByRole('button', { name: 'Cancel run' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click();
  await untilRunEnds(page, 'Cancelled');
});
