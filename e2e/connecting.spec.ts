import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, test } from './support/fixtures.ts';
import type { Product } from './support/product.ts';
import {
  authenticate,
  createDemoConnection,
  openDialogWithDemoTenant,
  PASTE_LABEL,
  pasteAndVerify,
  signInAtMicrosoft,
  untilRunEnds,
} from './support/steps.ts';

const verified = (page: Page) => page.getByText('Verified', { exact: true });

async function adminOf(app: Product) {
  const [admin] = (await app.emulator()).users;
  if (admin === undefined) throw new Error('the demo tenant has no users');
  return admin;
}

/** Fills in the demo tenant for app-only sign-in. */
async function chooseAppOnly(app: Product, page: Page): Promise<void> {
  await openDialogWithDemoTenant(page);
  await page.getByRole('textbox', { name: 'Tenant' }).fill((await app.emulator()).tenantDomain);
  await page.getByRole('radio', { name: 'The application' }).click();
}

async function finish(page: Page, button: 'Create' | 'Save', name: string): Promise<void> {
  await page.getByLabel('Connection name').fill(name);
  await page.getByRole('button', { name: button, exact: true }).click();
  await page.waitForURL(/\/connections\/conn_\w+(\/metadata)?$/);
}

test('an application signs in by itself with its secret; its datasets are there', async ({ app, page, signIn }) => {
  await signIn(page);
  await chooseAppOnly(app, page);
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(verified(page)).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('According to the app registration, the client secret expires on')).toBeVisible();
  await expect(
    page.getByRole('region', { name: 'Permissions', exact: true }).getByRole('cell', { name: 'User.Read.All', exact: true }),
  ).toBeVisible();
  await expectAccessible(page);
  await finish(page, 'Create', 'By itself');
  await expect(page.getByText('Users', { exact: true }).first()).toBeVisible();
});

test('an application signs in with a certificate that was made here', async ({ app, page, signIn }) => {
  const { clientId } = await app.emulator();
  await signIn(page);
  await chooseAppOnly(app, page);
  await page.getByRole('radio', { name: 'Certificate' }).click();
  await page.getByRole('button', { name: 'Generate a certificate' }).click();
  const link = page.getByRole('link', { name: 'Download certificate' });
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const certificatePem = readFileSync(await download.path(), 'utf8');
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(page.getByText('Entra does not know the certificate.')).toBeVisible();
  await app.emulatorAdmin('certificates', { clientId, certificatePem });
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(verified(page)).toBeVisible({ timeout: 20_000 });
  await finish(page, 'Create', 'By certificate');
  await page.goto('/connections');
  await page.getByRole('link', { name: 'By certificate' }).click();
  await expect(page.getByText('signs in as the application (app-only)')).toBeVisible();
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText(/Graph answered as Entrada demo/)).toBeVisible();
});

test('a secret is replaced without signing in again, and only by one that Entra accepts', async ({ app, page, signIn }) => {
  await signIn(page);
  await page.goto(`${await createDemoConnection(app, page, 'To be edited')}/edit`);
  const secret = page.getByLabel('Client Secret', { exact: true });
  await expect(secret).toHaveAttribute('placeholder', 'Unchanged');
  await secret.fill('abc8Q~this-is-not-the-secret-of-this-app');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Entra rejected the client secret.')).toBeVisible();
  await secret.fill((await app.emulator()).clientSecret);
  await finish(page, 'Save', 'Edited');
  await expect(page.getByRole('heading', { name: 'Edited' })).toBeVisible();
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText(/Graph answered as/)).toBeVisible();
});

test('a revoked sign-in says so by itself, and is authenticated again without losing metadata', async ({ app, page, signIn }) => {
  const admin = await adminOf(app);
  await signIn(page);
  const connection = await createDemoConnection(app, page, 'Revoked');
  await app.emulatorAdmin('revoke', { username: admin.username });
  await page.goto(connection);
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText('The sign-in was revoked or has ended.').first()).toBeVisible();
  await page.goto('/connections');
  await expect(page.getByRole('row', { name: /Revoked/ }).getByText('Needs re-authentication')).toBeVisible();
  await page.goto(connection);
  await page.getByRole('link', { name: 'Authenticate again' }).click();
  await pasteAndVerify(page, await authenticate(page, admin));
  await expect(verified(page)).toBeVisible({ timeout: 20_000 });
  await finish(page, 'Save', 'Renewed');
  await expect(page.getByText('Needs re-authentication')).toHaveCount(0);
  await page.goto(`${connection}/metadata`);
  await expect(page.getByText('Users', { exact: true }).first()).toBeVisible();
});

test('a run that meets a revoked sign-in says so, in words, and turns its connection', async ({ app, page, signIn }) => {
  await signIn(page);
  const connectionId = (await createDemoConnection(app, page, 'Revoked before a run')).split('/')[2];
  await app.emulatorAdmin('revoke', { username: (await adminOf(app)).username });
  // Graph demands a newer token (continuous access evaluation), and Entra refuses one.
  await app.emulatorAdmin('faults', { graph: { challengeAfter: 1 } });
  await page.goto(`/tasks/new?connection=${connectionId}&datasets=users`);
  await page.getByLabel('Task name').fill('Meets a revoked sign-in');
  await page.getByRole('button', { name: 'Create and reload' }).click();
  await page.waitForURL(/\/runs\/run_/);
  await untilRunEnds(page, 'Failed');
  await app.emulatorAdmin('faults', { graph: null });
  await expect(page.getByText('The sign-in was revoked or has ended.').first()).toBeVisible();
  await expect(page.getByText('Open the connection and authenticate it again.').first()).toBeVisible();
  await page.goto(`/connections/${connectionId}`);
  await expect(page.getByRole('link', { name: 'Authenticate again' })).toBeVisible();
});

test('a connection is duplicated with its sign-in, and deleted only when no task uses it', async ({ app, page, signIn }) => {
  await signIn(page);
  const connection = await createDemoConnection(app, page, 'Original');
  await page.goto(`/tasks/new?connection=${connection.split('/').at(-1)}&datasets=users`);
  await page.getByLabel('Task name').fill('Needs Original');
  await page.getByRole('button', { name: 'Create task', exact: true }).click();
  await page.waitForURL(/\/tasks\/task_/);
  await page.goto(connection);
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText(/A task uses this connection: Needs Original/)).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Duplicate' }).click();
  await expect(page.getByRole('heading', { name: 'Original copy' })).toBeVisible();
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText(/Graph answered as/)).toBeVisible();
});

test('a window that the browser blocks is replaced by a link', async ({ app, page, signIn }) => {
  await page.addInitScript(() => {
    window.open = () => null;
  });
  await signIn(page);
  await openDialogWithDemoTenant(page);
  await page.getByRole('button', { name: 'Authenticate', exact: true }).click();
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('link', { name: 'Open the sign-in page' }).click(),
  ]);
  await signInAtMicrosoft(popup, await adminOf(app));
  await expect(popup.getByRole('textbox', { name: 'Authentication code' })).toBeVisible();
});

test('a closed window, a second Authenticate and a reload keep what was typed; only the last sign-in counts', async ({
  app,
  page,
  signIn,
}) => {
  const admin = await adminOf(app);
  await signIn(page);
  await openDialogWithDemoTenant(page);
  const [closed] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Authenticate', exact: true }).click(),
  ]);
  await closed.close();
  await expect(page.getByText('Waiting for code')).toBeVisible();
  const first = await authenticate(page, admin);
  const firstCode = await first.getByRole('textbox', { name: 'Authentication code' }).inputValue();
  // The window of the first sign-in is reused.
  const second = first;
  await page.getByRole('button', { name: 'Authenticate', exact: true }).click();
  await signInAtMicrosoft(second, admin);
  await expect(second.getByRole('textbox', { name: 'Authentication code' })).not.toHaveValue(firstCode);
  await page.getByLabel(PASTE_LABEL).fill(firstCode);
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(page.getByText('This code belongs to another sign-in.')).toBeVisible();
  const clientId = await page.getByLabel('Client ID').inputValue();
  await page.reload();
  await expect(page.getByLabel('Client ID')).toHaveValue(clientId);
  await expect(page.getByText('Waiting for code')).toBeVisible();
  await pasteAndVerify(page, second);
  await expect(verified(page)).toBeVisible({ timeout: 20_000 });
});

test('two dialogs in two tabs: each takes its own code and tells the other from it', async ({ app, page, signIn }) => {
  const admin = await adminOf(app);
  await signIn(page);
  await openDialogWithDemoTenant(page);
  const mine = await authenticate(page, admin);
  const other = await page.context().newPage();
  await openDialogWithDemoTenant(other);
  const theirs = await authenticate(other, admin);
  const theirCode = await theirs.getByRole('textbox', { name: 'Authentication code' }).inputValue();
  await page.bringToFront();
  await page.getByLabel(PASTE_LABEL).fill(theirCode);
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(page.getByText('This code belongs to another sign-in.')).toBeVisible();
  await pasteAndVerify(page, mine);
  await expect(verified(page)).toBeVisible({ timeout: 20_000 });
  await pasteAndVerify(other, theirs);
  await expect(verified(other)).toBeVisible({ timeout: 20_000 });
});

test('the least permissions are computed for the datasets that are wanted', async ({ page, signIn }) => {
  await signIn(page);
  await openDialogWithDemoTenant(page);
  const panel = page.getByRole('complementary', { name: 'Preparing for authentication' });
  const all = await panel.getByRole('button', { name: /Copy all/ }).textContent();
  await panel.getByRole('radio', { name: 'Only some' }).click();
  await expect(panel.getByRole('button', { name: /Copy all/ })).not.toHaveText(all ?? '');
  await expect(panel.getByRole('cell', { name: 'AuditLog.Read.All' })).toHaveCount(0);
  await panel.getByRole('radio', { name: 'Mail' }).click();
  await expect(panel.getByText(/Please grant its app registration/)).toBeVisible();
});
