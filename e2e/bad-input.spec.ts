import { readdirSync, readFileSync } from 'node:fs';
import type { EmulatorInfo } from '#lib/emulator/info.ts';
import { expect, test } from './support/fixtures.ts';
import { createSdkClient, readAllRows } from './support/graph-sdk.ts';
import { queryLanding, tenantOf } from './support/landed.ts';
import type { Product } from './support/product.ts';
import {
  authenticate,
  createDemoConnection,
  openDialogWithDemoTenant,
  PASTE_LABEL,
  pasteAndVerify,
  untilRunEnds,
} from './support/steps.ts';

const adminOf = (info: EmulatorInfo) => {
  const [admin] = info.users;
  if (admin === undefined) throw new Error('no users');
  return admin;
};

test('a wrong secret is named, with where to find the right one', async ({ app, page, signIn }) => {
  const info = await app.emulator();
  await signIn(page);
  await openDialogWithDemoTenant(page);
  await page.getByLabel('Client Secret', { exact: true }).fill('abc8Q~this-is-not-the-secret-of-this-app');
  await pasteAndVerify(page, await authenticate(page, adminOf(info)));
  await expect(page.getByText('Entra rejected the client secret.')).toBeVisible();
  await expect(page.getByText(/Paste the secret's Value/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Create', exact: true })).toBeDisabled();
});

test('a secret ID in place of the secret is pointed out as one types', async ({ page, signIn }) => {
  await signIn(page);
  await openDialogWithDemoTenant(page);
  await page.getByLabel('Client Secret', { exact: true }).fill('0f0f0f0f-1111-4222-8333-444444444444');
  await expect(page.getByText(/This looks like the Secret ID/)).toBeVisible();
});

test.describe('on the page of Entra', () => {
  test.use({ allowedErrors: [/status of 400/] });

  test("a wrong client is refused on Entra's own page with its code", async ({ page, signIn }) => {
    await signIn(page);
    await openDialogWithDemoTenant(page);
    await page.getByLabel('Client ID').fill('0f0f0f0f-1111-4222-8333-444444444444');
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Authenticate', exact: true }).click(),
    ]);
    await expect(popup.getByText(/AADSTS700016/).first()).toBeVisible();
    await popup.close();
  });
});

test.describe('hosts', () => {
  test.beforeEach(async ({ page, signIn }) => {
    await signIn(page);
    await openDialogWithDemoTenant(page);
  });

  test('a closed port says that nothing answers there', async ({ page }) => {
    await page.getByRole('textbox', { name: 'Graph Base URL' }).fill('https://localhost:9/v1.0');
    await page.keyboard.press('Tab');
    const popup = page.waitForEvent('popup').catch(() => null);
    await page.getByRole('button', { name: 'Authenticate', exact: true }).click();
    await popup;
    await expect(page.getByText('Nothing answers at localhost:9.')).toBeVisible({ timeout: 20_000 });
  });

  test('a host outside the allowed list is refused at its field', async ({ page }) => {
    await page.getByRole('textbox', { name: 'Graph Base URL' }).fill('https://graph.evil.example/v1.0');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Authenticate', exact: true }).click();
    await expect(page.getByText(/graph\.evil\.example is not one of the allowed Graph hosts/).first()).toBeVisible();
  });
});

test('a paste that is no code, an expired code, and a code of another dialog each say what they are', async ({
  app,
  context,
  page,
  signIn,
}) => {
  const info = await app.emulator();
  await signIn(page);
  await openDialogWithDemoTenant(page);
  const popup = await authenticate(page, adminOf(info));
  const code = await popup.getByRole('textbox', { name: 'Authentication code' }).inputValue();
  await popup.close();
  const verify = async (text: string) => {
    await page.getByLabel(PASTE_LABEL).fill(text);
    await page.getByRole('button', { name: 'Verify', exact: true }).click();
  };
  await verify('hello');
  await expect(page.getByText('The text is not an authentication code.')).toBeVisible();

  const second = await context.newPage();
  await openDialogWithDemoTenant(second);
  const other = await authenticate(second, adminOf(info));
  const otherCode = await other.getByRole('textbox', { name: 'Authentication code' }).inputValue();
  await other.close();
  await second.close();
  await verify(otherCode);
  await expect(page.getByText('This code belongs to another sign-in.')).toBeVisible();

  await app.emulatorAdmin('faults', {
    token: [
      {
        kind: 'aadsts',
        aadsts: 70008,
        error: 'invalid_grant',
        status: 400,
        text: 'The provided authorization code or refresh token has expired.',
      },
    ],
  });
  await verify(code);
  await expect(page.getByText(/The authentication code or the session has expired/)).toBeVisible();
});

test('the same code pasted twice is used once', async ({ app, context, page, signIn }) => {
  await signIn(page);
  await openDialogWithDemoTenant(page);
  const popup = await authenticate(page, adminOf(await app.emulator()));
  const code = await popup.getByRole('textbox', { name: 'Authentication code' }).inputValue();
  await pasteAndVerify(page, popup);
  await expect(page.getByText('Verified', { exact: true })).toBeVisible({ timeout: 20_000 });
  const second = await context.newPage();
  await openDialogWithDemoTenant(second);
  const again = await authenticate(second, adminOf(await app.emulator()));
  await again.close();
  await second.getByLabel(PASTE_LABEL).fill(code);
  await second.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(second.getByText(/This code (was already used|belongs to another sign-in)/)).toBeVisible();
});

test('a token with too few permissions names the permission, dataset by dataset, and lands the rest', async ({
  app,
  page,
  signIn,
}) => {
  const info = await app.emulator();
  const least = info.otherApps.find(({ key }) => key === 'least');
  if (least === undefined) throw new Error('no least app');
  await signIn(page);
  await openDialogWithDemoTenant(page);
  await page.getByLabel('Client ID').fill(least.clientId);
  await page.getByLabel('Client Secret', { exact: true }).fill(least.clientSecret);
  await pasteAndVerify(page, await authenticate(page, adminOf(info)));
  await expect(page.getByText('Verified', { exact: true })).toBeVisible({ timeout: 20_000 });
  await page.getByLabel('Connection name').fill('Least');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL(/\/metadata/);
  const connectionId = /conn_\w+/.exec(page.url())?.[0];
  await page.goto(`/tasks/new?connection=${connectionId}&datasets=organization,groups`);
  await page.getByLabel('Task name').fill('Least');
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await untilRunEnds(page, 'Done with problems');
  await expect(page.getByText(/Groups needs the permission Group\.Read\.All/)).toBeVisible();
  expect(await queryLanding(app, 'SELECT "displayName" FROM least.organization')).toHaveLength(1);
});

/** Process ids of the product's workers. */
function workerPids(app: Product): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (Number.isNaN(pid)) return false;
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return (
          command.includes('entrada.ts\0worker') &&
          readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`ENTRADA_DATA_DIR=${app.dataDir}\0`)
        );
      } catch {
        return false;
      }
    });
}

test('a worker killed with -9 in the middle of a run loses nothing and lands nothing twice', async ({ app, page, signIn }) => {
  test.setTimeout(180_000);
  test.skip(process.platform !== 'linux', 'finds the worker in /proc');
  const info = await app.emulator();
  await signIn(page);
  const connectionId = (await createDemoConnection(app, page, 'Killed')).split('/')[2];
  await page.goto(`/tasks/new?connection=${connectionId}&datasets=users,group_members,sign_ins`);
  await page.getByLabel('Task name').fill('Killed');
  await app.emulatorAdmin('faults', { graph: { latencyMs: 1500 } });
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await expect(page.getByText('Reading').first()).toBeVisible();
  const [worker] = workerPids(app);
  expect(worker).toBeDefined();
  process.kill(worker ?? 0, 'SIGKILL');
  await app.emulatorAdmin('faults', { graph: null });
  await expect(page.locator('header').getByText('Done', { exact: true })).toBeVisible({ timeout: 120_000 });
  const client = await createSdkClient(tenantOf(info));
  const users = await readAllRows(client, '/users?$select=id&$top=999');
  const landed = await queryLanding(app, 'SELECT id FROM killed.users');
  expect(landed.map((row) => row['id']).sort()).toEqual(users.map((row) => row['id']).sort());
});

test('a cancelled run leaves nothing visible', async ({ app, page, signIn }) => {
  await signIn(page);
  const connectionId = (await createDemoConnection(app, page, 'Stopped')).split('/')[2];
  await page.goto(`/tasks/new?connection=${connectionId}&datasets=group_members`);
  await page.getByLabel('Task name').fill('Stopped');
  await app.emulatorAdmin('faults', { graph: { latencyMs: 4000 } });
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await expect(page.getByText('Reading').first()).toBeVisible();
  await page.getByRole('button', { name: 'Cancel run' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel run' }).click();
  await untilRunEnds(page, 'Cancelled');
  await app.emulatorAdmin('faults', { graph: null });
  expect(await queryLanding(app, "SELECT 1 FROM information_schema.tables WHERE table_schema = 'stopped'")).toEqual([]);
});
