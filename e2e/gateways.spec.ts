import type { Page } from '@playwright/test';
import type { GatewayState } from '#lib/domain/gateway/gateway.ts';
import { expect, test } from './support/fixtures.ts';
import { landingAsTarget, startGatewayProcess } from './support/gateway-process.ts';
import { insertGateways } from './support/gateway-rows.ts';
import { expectFitInEveryLayout, expectFitWhenOpen } from './support/screenshots.ts';
import { authenticate, createGateway, openDialogWithDemoTenant, pasteAndVerify, untilRunEnds } from './support/steps.ts';

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
  const key = await createGateway(page, app, 'Plant');
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

const NAMES: Readonly<Record<GatewayState, string>> = {
  connected: 'Amsterdam',
  disconnected: 'Berlin',
  'never-connected': 'Copenhagen',
  'upgrade-available': 'Dublin',
  'unsupported-version': 'Edinburgh',
  deactivated: 'Florence',
};
const GROUPS = { connected: 'North', away: 'South', empty: 'West' } as const;
const CHOICES = [
  'None',
  'Amsterdam · Connected',
  'Berlin · Disconnected',
  'Copenhagen · Never connected',
  'Dublin · Upgrade available',
  'Edinburgh · Unsupported version',
  'Florence · Deactivated',
  'North · Group, 1 of 2 connected',
  'South · Group, 0 of 1 connected',
  'West · Group, 0 of 0 connected',
];

/** What the field says once the gateway or group is chosen. */
const SAID: Readonly<Record<string, string>> = {
  'Amsterdam · Connected': 'Amsterdam sends all requests to Microsoft Entra ID and Graph; this server sends none.',
  'Berlin · Disconnected':
    'This gateway is not connected now. You can choose it, but you can verify and test only when it is connected.',
  'Copenhagen · Never connected': 'This gateway has not been started yet.',
  'Dublin · Upgrade available': 'Dublin sends all requests to Microsoft Entra ID and Graph; this server sends none.',
  'Edinburgh · Unsupported version': 'This gateway has a version that this server does not support.',
  'Florence · Deactivated': 'This gateway is deactivated.',
  'North · Group, 1 of 2 connected': 'North sends all requests to Microsoft Entra ID and Graph; this server sends none.',
  'South · Group, 0 of 1 connected': 'No gateway of this group is connected now.',
  'West · Group, 0 of 0 connected': 'This group has no gateway yet.',
};

test('the dialog shows a gateway in each of its states; a disconnected one can be chosen and says so', async ({
  app,
  page,
  signIn,
}) => {
  const rows = await insertGateways(app, NAMES, GROUPS);
  try {
    await signIn(page);
    await openDialogWithDemoTenant(page);
    const field = page.getByLabel('Data gateway');
    await expectFitWhenOpen(page, field, '-dialog-gateways');
    for (const [choice, said] of Object.entries(SAID)) {
      await field.click();
      await expectChoices(page);
      await page.getByRole('option', { name: choice }).click();
      await expect(field).toHaveText(choice);
      await expect(field).toHaveAccessibleDescription(new RegExp(`^${said}`));
    }
    await field.click();
    await page.getByRole('option', { name: 'Berlin · Disconnected' }).click();
    await page.getByRole('button', { name: 'Authenticate', exact: true }).click();
    await expect(page.getByText('The data gateway Berlin is not connected.')).toBeVisible();
    await expectFitInEveryLayout(page, '-dialog-disconnected');

    await page.goto('/gateways');
    await expectFitInEveryLayout(page, '-gateways-in-each-state');
    await page.goto('/targets/new');
    const from = page.getByLabel('Reached from');
    await expectFitWhenOpen(page, from, '-target-gateways');
    await from.click();
    await expectChoices(page);
    await page.getByRole('option', { name: 'South · Group, 0 of 1 connected' }).click();
    await expect(from).toHaveAccessibleDescription(/^No gateway of this group is connected now\./);
    await expectFitInEveryLayout(page, '-target-group-away');
    await page.getByLabel('Target name').fill('Kept');
    await from.click();
    await page.getByRole('option', { name: 'Berlin · Disconnected' }).click();
    await rows.connect();
    await expect(from).toHaveText('Berlin · Connected');
    await expect(page.getByLabel('Target name')).toHaveValue('Kept');
  } finally {
    await rows.remove();
  }
});

/** In this order, beside gateways of other tests. */
async function expectChoices(page: Page): Promise<void> {
  const listed = async () => (await page.getByRole('option').allTextContents()).filter((choice) => CHOICES.includes(choice));
  await expect.poll(listed).toEqual(CHOICES);
}
