import { readFileSync } from 'node:fs';
import { expect, expectAccessible, signInByForm, test } from './support/fixtures.ts';
import { createDemoConnection } from './support/steps.ts';

test('a token is shown once, calls the API as its owner, and is refused once it is revoked', async ({
  page,
  playwright,
  app,
  signIn,
}) => {
  await signIn(page);
  await page.goto('/settings');
  await page.getByRole('link', { name: /API tokens/ }).click();
  await page.getByRole('button', { name: 'Create token' }).click();
  await page.getByLabel('Name').fill('nightly script');
  await page.getByRole('checkbox', { name: 'operate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Create token' }).click();
  const token = (await page.getByRole('region', { name: 'token' }).textContent())?.trim() ?? '';
  expect(token).toMatch(/^entrada_[\w-]{43}$/);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Done' }).click();
  const row = page.getByRole('row', { name: /nightly script/ });
  await expect(row.getByText('Never')).toBeVisible();
  await expect(row.getByText('read, operate')).toBeVisible();
  await expectAccessible(page);

  // Without cookies: only the token authenticates.
  const script = await playwright.request.newContext({
    baseURL: app.baseUrl,
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  expect((await script.get('/api/v1/audit?limit=1')).status()).toBe(200);
  expect((await script.post('/api/v1/tasks/task_22222222222222222222/runs', { data: {} })).status()).toBe(404);
  await page.reload();
  await expect(row.getByText('Never')).toHaveCount(0);
  expect(await page.content()).not.toContain(token);
  await row.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByText('nightly script')).toHaveCount(0);
  expect((await script.get('/api/v1/audit?limit=1')).status()).toBe(401);
  await script.dispose();
});

test('the audit trail tells who did what, narrows down, and leaves as CSV and JSON lines', async ({ app, page, signIn }) => {
  await signIn(page);
  await page.goto(await createDemoConnection(app, page, 'Audited'));
  await page.getByRole('button', { name: 'Test connection' }).click();
  await expect(page.getByText(/Graph answered as/)).toBeVisible();
  await page.goto('/settings');
  await page.getByRole('link', { name: /Audit/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Audit' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('combobox', { name: 'Action' }).click();
  await page.getByRole('option', { name: 'Tested a connection' }).click();
  await page.getByLabel('Subject').fill('audited');
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.waitForURL(/action=connection\.test/);
  const rows = page.getByRole('row').filter({ hasText: 'connection.test' });
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText((await app.account('admin')).email);
  await expect(rows).toContainText('Audited');
  const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
  expect(csv.suggestedFilename()).toMatch(/^entrada-audit-\d{4}-\d\d-\d\d\.csv$/);
  const lines = readFileSync(await csv.path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(',connection.test,conn_');
  const [jsonl] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'JSON lines' }).click()]);
  expect(JSON.parse(readFileSync(await jsonl.path(), 'utf8'))).toMatchObject({
    action: 'connection.test',
    subjectName: 'Audited',
  });
  await page.getByRole('link', { name: 'Clear' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'audit.export' })).toHaveCount(2);
  await page.goto('/settings/audit?from=not-a-day');
  await expect(page.getByText('Enter a day as year-month-day.')).toBeVisible();
});

test('a new password ends the sessions of before', async ({ app, browser, signIn, page }) => {
  const email = 'changed@entrada.test';
  expect(
    (await app.cli(['admin', 'create-user', email, '--role', 'viewer', '--password-stdin'], 'the first long password')).code,
  ).toBe(0);
  const context = await browser.newContext({ baseURL: app.baseUrl });
  const person = await context.newPage();
  await signInByForm(person, { email, password: 'the first long password' });
  expect((await app.cli(['admin', 'set-password', email, '--password-stdin'], 'the second long password')).code).toBe(0);
  await person.goto('/tasks');
  await expect(person).toHaveURL(/\/sign-in/);
  await signInByForm(person, { email, password: 'the second long password' });
  await context.close();
  // Other sessions stay.
  await signIn(page);
  await page.goto('/tasks');
  await expect(page).toHaveURL(/\/tasks$/);
});
